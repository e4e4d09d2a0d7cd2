import { RangePicker } from "@/components/range-picker/range-picker";
import type { Store } from "@/lib/api/types";
import { todayIn, type DateRange } from "@/lib/dates";
import { formatRange } from "@/lib/format/date";
import {
  COMPARISON_TITLES,
  comparisonFor,
  DEFAULT_RANGE,
  parseRange,
  PRESET_TITLES,
  resolveRange,
  writeRange,
} from "@/lib/metrics/range";
import { FilterBar } from "./filter-bar";
import { StorePicker, storesWords } from "./store-picker";
import type { ViewBarProps } from "./types";
import { filterWords } from "./words";

/** The days between which any of the stores has data. */
function dataOf(stores: readonly Store[]): DateRange | undefined {
  const froms = stores.map(({ data_from }) => data_from).filter((day) => typeof day === "string");
  const tos = stores.map(({ data_to }) => data_to).filter((day) => typeof day === "string");
  const from = froms.sort()[0];
  const to = tos.sort().at(-1);
  return from !== undefined && to !== undefined ? { from, to } : undefined;
}

/** What of all there is one looks at: which days beside which others, of which stores, and which part of it. */
export function ViewBar(props: ViewBarProps) {
  const { stores, view, namedCurrency, onView, dimensions, savedViews, readOnly = false } = props;
  const chosen = stores.filter(({ id }) => view.stores.includes(id));
  const [first = stores[0]] = chosen;
  if (!first) return null;
  const range = parseRange(view.range) ?? DEFAULT_RANGE;
  if (readOnly) return <ViewInWords {...props} first={first} chosen={chosen} />;
  return (
    <div
      role="group"
      aria-label="What is looked at"
      className="flex flex-wrap items-center gap-2 print:hidden"
    >
      <RangePicker
        range={range}
        comparison={comparisonFor(range, view.compare)}
        onRange={(chosenRange) => onView({ range: writeRange(chosenRange) })}
        onComparison={(compare) => onView({ compare })}
        timezone={first.timezone}
        zones={[...new Set(chosen.map(({ timezone }) => timezone))]}
        weekStart={first.week_start}
        data={dataOf(chosen)}
      />
      <StorePicker stores={stores} view={view} namedCurrency={namedCurrency ?? null} onView={onView} />
      <FilterBar
        filters={view.filters}
        dimensions={dimensions}
        view={view}
        onFilters={(filters) => onView({ filters })}
      />
      {savedViews && <div className="ml-auto flex items-center gap-2">{savedViews}</div>}
    </div>
  );
}

/** The same, to be read. */
function ViewInWords({
  stores,
  view,
  dimensions,
  first,
  chosen,
}: ViewBarProps & { first: Store; chosen: Store[] }) {
  const range = parseRange(view.range) ?? DEFAULT_RANGE;
  const calendar = { today: todayIn(first.timezone), weekStart: first.week_start, data: dataOf(chosen) };
  const comparison = comparisonFor(range, view.compare);
  const parts = [
    typeof range === "string" ? PRESET_TITLES[range] : null,
    formatRange(resolveRange(range, calendar)),
    comparison === "none" ? null : `compared with the ${COMPARISON_TITLES[comparison].toLowerCase()}`,
    storesWords(view.stores, stores),
    view.currency === null ? null : `amounts in ${view.currency}`,
    ...view.filters.map((filter) => filterWords(filter, dimensions)),
  ];
  return <p className="text-muted-foreground tabular-nums">{parts.filter(Boolean).join(" · ")}</p>;
}
