import type { Store } from "@/lib/api/types";
import { todayIn, type DateRange } from "@/lib/dates";
import type { MetricsView } from "@/lib/metrics/query";
import {
  comparisonFor,
  DEFAULT_COMPARISON,
  DEFAULT_RANGE,
  GRANULARITIES,
  parseComparison,
  parseRange,
  pickGranularity,
  resolveRange,
  type Granularity,
} from "@/lib/metrics/range";

/** What the address of the overview holds. What is absent has its default. */
export interface OverviewSearch {
  range?: string;
  compare?: string;
  by?: Granularity;
  chart?: "table";
  sort?: ProductSort;
}

export type ProductSort = "revenue" | "units" | "-revenue" | "-units";

const SORTS: readonly ProductSort[] = ["revenue", "units", "-revenue", "-units"];

/** Keeps what it understands of an address and leaves out the rest. */
export function parseOverviewSearch(search: Record<string, unknown>): OverviewSearch {
  const range = parseRange(search.range);
  const compare = parseComparison(search.compare);
  const by = GRANULARITIES.find((granularity) => granularity === search.by);
  const sort = SORTS.find((order) => order === search.sort);
  return {
    ...(range !== undefined && { range: search.range as string }),
    ...(compare !== undefined && { compare }),
    ...(by !== undefined && { by }),
    ...(search.chart === "table" && { chart: "table" as const }),
    ...(sort !== undefined && { sort }),
  };
}

export interface OverviewView extends MetricsView {
  /** The days between which the store has data. */
  data: DateRange | undefined;
  granularity: Granularity;
  resolved: DateRange;
  sort: ProductSort;
  asTable: boolean;
}

export function dataRange(store: Store): DateRange | undefined {
  return store.data_from && store.data_to ? { from: store.data_from, to: store.data_to } : undefined;
}

export function overviewView(store: Store, search: OverviewSearch): OverviewView {
  const range = parseRange(search.range) ?? DEFAULT_RANGE;
  const resolved = resolveRange(range, {
    today: todayIn(store.timezone),
    weekStart: store.week_start,
    data: dataRange(store),
  });
  return {
    storeId: store.id,
    data: dataRange(store),
    range,
    comparison: comparisonFor(range, parseComparison(search.compare) ?? DEFAULT_COMPARISON),
    resolved,
    granularity: pickGranularity(search.by, resolved),
    sort: search.sort ?? "-revenue",
    asTable: search.chart === "table",
  };
}
