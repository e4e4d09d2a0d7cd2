import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, StaleNotice } from "@/components/ui/states";
import { choicesOf } from "./actions";
import type { AuditChange } from "./audit-page";
import { AuditFilters } from "./audit-filters";
import { AuditTable } from "./audit-table";
import { auditQuery, latestQuery } from "./queries";
import { isNarrowed, type AuditSearch } from "./search";

interface AuditLogProps {
  search: AuditSearch;
  onSearch: (change: AuditChange) => void;
}

const EVERYTHING: AuditChange = { q: undefined, action: undefined, from: undefined, to: undefined };

export function AuditLog({ search, onSearch }: AuditLogProps) {
  const query = useInfiniteQuery(auditQuery(search));
  const { data: latest = [] } = useQuery(latestQuery);
  const actions = choicesOf([...latest, ...(query.data ?? [])], search.action);
  return (
    <div className="flex flex-col gap-4">
      <AuditFilters search={search} actions={actions} onSearch={onSearch} />
      {query.isError && query.data && (
        <StaleNotice
          title={
            query.isFetchNextPageError
              ? "Older events could not be loaded"
              : "The log could not be brought up to date"
          }
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())}
        />
      )}
      <Card aria-label="Events" aria-busy={query.isPending || query.isPlaceholderData}>
        {query.data ? (
          query.data.length === 0 ? (
            <EmptyState
              icon={<ScrollText aria-hidden strokeWidth={1.5} />}
              title={isNarrowed(search) ? "Nothing like this was done" : "Nothing was done yet"}
              className="py-16"
              action={
                isNarrowed(search) && <Button onClick={() => onSearch(EVERYTHING)}>Show everything</Button>
              }
            >
              {isNarrowed(search)
                ? "No event fits the search, the action and the days."
                : "What people do in the organisation is listed here."}
            </EmptyState>
          ) : (
            <AuditTable events={query.data} dimmed={query.isPlaceholderData} />
          )
        ) : query.isError ? (
          <ErrorState
            title="The audit log could not be loaded"
            error={query.error}
            onRetry={() => void query.refetch()}
            className="p-5"
          />
        ) : (
          <div className="flex flex-col gap-4 p-5">
            <span className="sr-only">Loading</span>
            {Array.from({ length: 6 }, (_, index) => (
              <Skeleton key={index} className="h-8 w-full" />
            ))}
          </div>
        )}
      </Card>
      {query.hasNextPage && !query.isPlaceholderData && (
        <Button
          className="self-center"
          // Not `disabled`, which would take the focus away from it.
          aria-disabled={query.isFetchingNextPage}
          onClick={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage();
          }}
        >
          {query.isFetchingNextPage ? "Loading…" : "Load more"}
        </Button>
      )}
    </div>
  );
}
