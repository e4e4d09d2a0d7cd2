import { useInfiniteQuery } from "@tanstack/react-query";
import { FileDown, Upload } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, StaleNotice } from "@/components/ui/states";
import type { Store } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import { useImportCenter } from "./import-context";
import { ImportRow } from "./import-row";
import { importsQuery } from "./queries";

interface ImportsPageProps {
  store: Store;
  /** The import whose details are open. */
  selected: string | undefined;
  onSelect: (importId: string | undefined) => void;
}

export function ImportsPage({ store, selected, onSelect }: ImportsPageProps) {
  usePageTitle("Imports", store.name);
  const center = useImportCenter();
  const query = useInfiniteQuery(importsQuery(store.id));
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold tracking-tight">Imports</h1>
        {query.data && query.data.length > 0 && (
          <Button variant="primary" onClick={center.open}>
            <Upload aria-hidden /> Import orders
          </Button>
        )}
      </div>
      {query.isError && query.data && (
        <StaleNotice
          title={
            query.isFetchNextPageError
              ? "Older imports could not be loaded"
              : "The list could not be brought up to date"
          }
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())}
        />
      )}
      <Card aria-label="Past imports" aria-busy={query.isPending}>
        {query.data ? (
          query.data.length === 0 ? (
            <EmptyState
              icon={<FileDown aria-hidden strokeWidth={1.5} />}
              title="Nothing has been imported yet"
              className="py-16"
              action={
                <Button variant="primary" onClick={center.open}>
                  <Upload aria-hidden /> Import orders
                </Button>
              }
            >
              Files that you import into {store.name} are listed here, with what became of their records.
            </EmptyState>
          ) : (
            <ul className="divide-y">
              {query.data.map((item) => (
                <ImportRow
                  key={item.id}
                  item={item}
                  timezone={store.timezone}
                  open={item.id === selected}
                  onToggle={() => onSelect(item.id === selected ? undefined : item.id)}
                />
              ))}
            </ul>
          )
        ) : query.isError ? (
          <ErrorState
            title="The imports could not be loaded"
            error={query.error}
            onRetry={() => void query.refetch()}
            className="p-5"
          />
        ) : (
          <div className="flex flex-col gap-4 p-5">
            <span className="sr-only">Loading</span>
            {Array.from({ length: 4 }, (_, index) => (
              <Skeleton key={index} className="h-10 w-full" />
            ))}
          </div>
        )}
      </Card>
      {query.hasNextPage && (
        <Button
          className="self-center"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Show older imports
        </Button>
      )}
    </div>
  );
}
