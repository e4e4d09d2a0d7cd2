import type { SharedStore } from "@/lib/api/types";
import type { DashboardDocument, DashboardView } from "@/lib/dashboards/document";
import { commonWeek, commonZone, reportCurrency } from "@/lib/dashboards/view";
import {
  comparisonFor,
  DEFAULT_RANGE,
  parseRange,
  writeRange,
  type Comparison,
  type TimeRange,
} from "@/lib/metrics/range";
import type { SharedSearch } from "./search";
import type { Days } from "./source";

export interface SharedView {
  view: DashboardView;
  range: TimeRange;
  comparison: Comparison;
  /** What of it somebody chose, who may. */
  days: Days;
}

/** How a link's dashboard is looked at: as its settings say, but for the days where one may choose them. */
export function sharedView(
  { settings }: DashboardDocument,
  stores: readonly SharedStore[],
  chosen: SharedSearch,
): SharedView {
  const range = parseRange(chosen.range ?? settings.range) ?? DEFAULT_RANGE;
  const comparison = comparisonFor(range, chosen.compare ?? settings.compare);
  const weekStart = commonWeek(stores);
  const timezone = commonZone(stores);
  const view: DashboardView = {
    range: writeRange(range),
    compare: comparison,
    stores: stores.map(({ id }) => id),
    currency: reportCurrency(settings.currency, stores),
    filters: settings.filters,
    ...(weekStart && { week_start: weekStart }),
    ...(timezone && { timezone }),
  };
  return { view, range, comparison, days: chosen };
}
