import type { UseQueryResult } from "@tanstack/react-query";
import { Info } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState, StaleNotice } from "@/components/ui/states";
import { ApiError } from "@/lib/api/error";
import type { Store } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { sentence } from "@/lib/format/text";
import { PortfolioTable } from "./portfolio-table";
import type { Group } from "./query";
import { sumOf, type StoreRow } from "./rows";
import { OWN, type PortfolioSearch, type PortfolioView } from "./view";

/** So many remarks are told; more of them nobody reads. */
const TOLD = 4;

interface PortfolioCardProps {
  query: UseQueryResult<Group[]>;
  rows: readonly StoreRow[];
  /** Every store that one sees. */
  all: readonly Store[];
  view: PortfolioView;
  onSearch: (change: PortfolioSearch) => void;
  storeLink: (store: Store) => ReactNode;
}

/** The table, which loads, fails and is tried again by itself; old figures stay, dimmed, while new ones load. */
export function PortfolioCard({ query, rows, all, view, onSearch, storeLink }: PortfolioCardProps) {
  const { data } = query;
  const retry = () => void query.refetch();
  return (
    <Card aria-label="Stores" aria-busy={query.isPending || query.isPlaceholderData}>
      {data === undefined ? (
        query.isError ? (
          <NotTold error={query.error} onRetry={retry} onOwn={() => onSearch({ currency: OWN })} />
        ) : (
          <div className="flex flex-col gap-4 p-5">
            <span className="sr-only">Loading</span>
            {Array.from({ length: Math.max(view.stores?.length ?? 0, 1) + 1 }, (_, index) => (
              <Skeleton key={index} className="h-11 w-full" />
            ))}
          </div>
        )
      ) : (
        <div
          className={cn(
            "flex flex-col pt-2 transition-opacity duration-100",
            query.isPlaceholderData && "opacity-50",
          )}
        >
          {query.isError && (
            <div className="flex flex-col gap-2 px-4 pt-2 pb-3 sm:px-5">
              {isMissingRate(query.error) ? (
                <NotTold error={query.error} onRetry={retry} onOwn={() => onSearch({ currency: OWN })} />
              ) : (
                <StaleNotice error={query.error} busy={query.isFetching} onRetry={retry} />
              )}
            </div>
          )}
          <PortfolioTable
            rows={rows}
            sum={sumOf(data)}
            stores={all}
            sort={view.sort}
            onSort={(order) => onSearch({ order })}
            storeLink={storeLink}
          />
          <Remarks groups={data} />
        </div>
      )}
    </Card>
  );
}

function isMissingRate(error: Error): boolean {
  return error instanceof ApiError && error.code === "missing_rate";
}

/** Why there are no figures; where it is for a rate between currencies, how there are some all the same. */
function NotTold({ error, onRetry, onOwn }: { error: Error; onRetry: () => void; onOwn: () => void }) {
  if (!isMissingRate(error)) {
    return (
      <ErrorState title="The stores could not be loaded" error={error} onRetry={onRetry} className="p-5" />
    );
  }
  return (
    <div role="alert" className="flex flex-col items-start gap-3 p-5">
      <div>
        <p className="font-medium">The amounts cannot be told in one currency</p>
        <p className="max-w-prose text-sm break-words text-muted-foreground">
          {error.message} Import rates into that store, by the API or with <code>aloftly import rates</code>,
          or look at each store in its own currency.
        </p>
      </div>
      <Button onClick={onOwn}>Each its own currency</Button>
    </div>
  );
}

/** What the server would have a reader of the figures know. */
function Remarks({ groups }: { groups: readonly Group[] }) {
  const details = [
    ...new Set(groups.flatMap(({ totals }) => totals.meta.warnings.map(({ detail }) => detail))),
  ];
  if (details.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 border-t px-4 py-2.5 text-sm text-muted-foreground sm:px-5">
      {details.slice(0, TOLD).map((detail) => (
        <li key={detail} className="flex items-start gap-2">
          <Info aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {sentence(detail)}
        </li>
      ))}
      {details.length > TOLD && <li>And {details.length - TOLD} more of the kind.</li>}
    </ul>
  );
}
