import { FreshnessNotice } from "@/components/freshness-notice";
import { RangePicker } from "@/components/range-picker/range-picker";
import type { Store } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import { DEFAULT_COMPARISON, DEFAULT_RANGE, writeRange } from "@/lib/metrics/range";
import { KpiRow } from "./kpi-row";
import { NoData } from "./no-data";
import { ProductsCard } from "./products-card";
import { RevenueCard } from "./revenue-card";
import { useFreshFigures } from "./use-fresh-figures";
import { dataRange, overviewView, type OverviewSearch } from "./view";

interface OverviewPageProps {
  store: Store;
  search: OverviewSearch;
  /** Changes part of the address; what is set to undefined leaves it. */
  onSearch: (change: OverviewSearch) => void;
  onImport: () => void;
  /** To the page on which sources are connected. */
  onConnections: () => void;
  /** Whether a source is being read into the store. */
  reading: boolean;
  /** What is there of the store is another than before. */
  onChanged: () => void;
}

export function OverviewPage(props: OverviewPageProps) {
  const { store, search, onSearch, onImport, onConnections, reading, onChanged } = props;
  usePageTitle("Overview", store.name);
  const { age } = useFreshFigures(store, onChanged);
  const view = overviewView(store, search);
  const empty = dataRange(store) === undefined;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold tracking-tight">Overview</h1>
        {!empty && (
          <RangePicker
            range={view.range}
            comparison={view.comparison}
            onRange={(range) => {
              const written = writeRange(range);
              onSearch({ range: written === writeRange(DEFAULT_RANGE) ? undefined : written, by: undefined });
            }}
            onComparison={(compare) =>
              onSearch({ compare: compare === DEFAULT_COMPARISON ? undefined : compare })
            }
            timezone={store.timezone}
            weekStart={store.week_start}
            data={dataRange(store)}
          />
        )}
      </div>
      {empty ? (
        <NoData store={store} reading={reading} onConnections={onConnections} onImport={onImport} />
      ) : (
        <>
          <KpiRow view={view} />
          <RevenueCard
            view={view}
            onSearch={onSearch}
            onShowData={
              view.range === "all_time" ? undefined : () => onSearch({ range: "all_time", by: undefined })
            }
          />
          <ProductsCard view={view} onSearch={onSearch} />
        </>
      )}
      <FreshnessNotice age={age} />
    </div>
  );
}
