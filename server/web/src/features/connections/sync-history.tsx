import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useId } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, StaleNotice } from "@/components/ui/states";
import type { Sync } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { syncsQuery } from "./queries";
import type { Source } from "./states";
import { SyncTable } from "./sync-table";

interface SyncHistoryProps {
  source: Source;
  timezone: string;
  open: boolean;
  onToggle: () => void;
}

/** Behind a line: what was read of a connection. */
export function SyncHistory({ source, timezone, open, onToggle }: SyncHistoryProps) {
  const id = useId();
  return (
    <div className="-mx-4 -mb-4 border-t sm:-mx-5 sm:-mb-5">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        aria-label={`History of ${source.title}`}
        onClick={onToggle}
        className="flex w-full items-center gap-2 rounded-b-lg px-4 py-2.5 text-left text-sm hover:bg-muted/50 focus-visible:-outline-offset-2 sm:px-5"
      >
        <ChevronRight
          aria-hidden
          className={cn(
            "size-4 shrink-0 text-muted-foreground transition-transform duration-100",
            open && "rotate-90",
          )}
        />
        History
      </button>
      {open && (
        <div id={id} className="border-t">
          <History source={source} timezone={timezone} />
        </div>
      )}
    </div>
  );
}

function History({ source, timezone }: Pick<SyncHistoryProps, "source" | "timezone">) {
  const query = useInfiniteQuery(syncsQuery(source.connection.id));
  if (!query.data) {
    return query.isError ? (
      <ErrorState
        title="The history could not be loaded"
        error={query.error}
        onRetry={() => void query.refetch()}
        className="p-5"
      />
    ) : (
      <div className="flex flex-col gap-4 p-5" aria-busy>
        <span className="sr-only">Loading</span>
        <Skeleton className="h-8 w-full" />
        <Skeleton className="h-8 w-full" />
      </div>
    );
  }
  const syncs = withLatest(query.data, source.connection.latest_sync);
  if (syncs.length === 0) {
    return (
      <EmptyState title="Nothing was read yet">Each reading is listed here with what came of it.</EmptyState>
    );
  }
  return (
    <>
      {query.isError && (
        <StaleNotice
          title={
            query.isFetchNextPageError
              ? "Older readings could not be loaded"
              : "The history could not be brought up to date"
          }
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())}
          className="px-4 pt-3 sm:px-5"
        />
      )}
      <SyncTable syncs={syncs} title={source.title} timezone={timezone} />
      {query.hasNextPage && (
        <div className="flex justify-center border-t p-3">
          <Button
            size="sm"
            // Not `disabled`, which would take the focus away from it.
            aria-disabled={query.isFetchingNextPage}
            onClick={() => {
              if (!query.isFetchingNextPage) void query.fetchNextPage();
            }}
          >
            {query.isFetchingNextPage ? "Loading…" : "Show more"}
          </Button>
        </div>
      )}
    </>
  );
}

/** The latest one is asked after all the time, the others were when the history was loaded. */
function withLatest(syncs: Sync[], latest: Sync | null | undefined): Sync[] {
  if (!latest) return syncs;
  return syncs.some(({ id }) => id === latest.id)
    ? syncs.map((sync) => (sync.id === latest.id ? latest : sync))
    : [latest, ...syncs];
}
