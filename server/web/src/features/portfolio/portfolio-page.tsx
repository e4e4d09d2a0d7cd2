import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { EmptyState } from "@/components/ui/states";
import type { Store } from "@/lib/api/types";
import { todayIn } from "@/lib/dates";
import { saveFile } from "@/lib/download";
import { resolveRange } from "@/lib/metrics/range";
import { usePageTitle } from "@/lib/page-title";
import { csvOf } from "./csv";
import { PortfolioBar } from "./portfolio-bar";
import { PortfolioCard } from "./portfolio-card";
import { portfolioQuery } from "./query";
import { rowsOf, sorted } from "./rows";
import { MOST_STORES, portfolioView, type PortfolioSearch } from "./view";

interface PortfolioPageProps {
  /** Every store that one sees. */
  stores: readonly Store[];
  search: PortfolioSearch;
  /** Changes part of the address; what is set to undefined leaves it. */
  onSearch: (change: PortfolioSearch) => void;
  storeLink: (store: Store) => ReactNode;
}

/** All stores side by side, each in its own days, in one currency. */
export function PortfolioPage({ stores, search, onSearch, storeLink }: PortfolioPageProps) {
  usePageTitle("Portfolio");
  const view = portfolioView(stores, search);
  const [first] = view.stores ?? [];
  const resolved = resolveRange(view.range, {
    today: todayIn(first?.timezone ?? "UTC"),
    weekStart: first?.week_start ?? "monday",
    data: spanOf(view.stores ?? []),
  });
  const query = useQuery(portfolioQuery(view, resolved));
  const rows = query.data && view.stores ? sorted(rowsOf(view.stores, query.data), view.sort) : [];
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Portfolio"
        action={
          <Button
            disabled={rows.length === 0 || query.isPlaceholderData}
            onClick={() => {
              // The days of the figures themselves: the server knows best what a range means.
              const { from, to } = query.data?.[0]?.totals.meta.range ?? resolved;
              const name = `portfolio-${from}-${to}.csv`;
              saveFile(name, `\uFEFF${csvOf(rows)}`, "text/csv;charset=utf-8");
            }}
          >
            <Download aria-hidden /> Download CSV
          </Button>
        }
      >
        Your stores side by side, each in its own days.
      </PageHeader>
      <PortfolioBar stores={stores} view={view} onSearch={onSearch} />
      {view.stores === null ? (
        <Card>
          <EmptyState title="There are too many stores for one table" className="py-16">
            This workspace has more than {MOST_STORES} of them. Choose another one.
          </EmptyState>
        </Card>
      ) : (
        <PortfolioCard
          query={query}
          rows={rows}
          all={stores}
          view={view}
          onSearch={onSearch}
          storeLink={storeLink}
        />
      )}
    </div>
  );
}

/** The days between which any of the stores has data. */
function spanOf(stores: readonly Store[]) {
  const from = stores.flatMap(({ data_from }) => data_from ?? []).sort()[0];
  const to = stores
    .flatMap(({ data_to }) => data_to ?? [])
    .sort()
    .at(-1);
  return from !== undefined && to !== undefined ? { from, to } : undefined;
}
