import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import { errorFrom } from "@/lib/api/error";
import type { BatchAnswer, BatchResponse, QueryRequest, QueryResponse, Store } from "@/lib/api/types";
import { commonWeek } from "@/lib/dashboards/view";
import { daysIn, type DateRange } from "@/lib/dates";
import { FIGURES } from "./columns";
import type { PortfolioView } from "./view";

/** Figures are asked for again that often: nobody listens to a hundred stores at once. */
const POLL_MS = 30_000;
/** The most rows that a question has. */
const MOST_ROWS = 10_000;

/** Stores whose amounts are added up, and what they came to. */
export interface Group {
  totals: QueryResponse;
  /** Revenue by time; null where it could not be told. */
  trend: QueryResponse | null;
}

/** A step of time that leaves a trend readable and the answer small. */
export function trendBy(range: DateRange): "day" | "week" | "month" {
  const days = daysIn(range);
  if (days <= 35) return "day";
  return days <= 400 ? "week" : "month";
}

/** The stores that one question is about each: all, or those of one currency where amounts stay in their own. */
export function groupsOf(stores: readonly Store[], currency: string | null): Store[][] {
  if (currency !== null) return [[...stores]];
  const groups = new Map<string, Store[]>();
  for (const store of stores) groups.set(store.currency, [...(groups.get(store.currency) ?? []), store]);
  return [...groups.values()];
}

/** Everything that the table shows, as questions of one batch: of each group its totals, and its trend. */
export function questionsOf(view: PortfolioView, resolved: DateRange): Record<string, QueryRequest> {
  const { range, comparison, currency } = view;
  const questions: Record<string, QueryRequest> = {};
  // Stores whose weeks begin on different days have no weeks in common.
  const weekStart = commonWeek(view.stores ?? []);
  groupsOf(view.stores ?? [], currency).forEach((stores, index) => {
    const common = {
      stores: stores.map(({ id }) => id),
      time_range: range,
      group_by: ["store"],
      ...(currency !== null && { currency }),
      ...(weekStart && { week_start: weekStart }),
    };
    questions[`totals ${index}`] = {
      ...common,
      metrics: FIGURES.map(({ metric }) => metric),
      ...(comparison !== "none" && { compare_to: comparison }),
    };
    questions[`trend ${index}`] = {
      ...common,
      metrics: [FIGURES[0].metric],
      granularity: trendBy(resolved),
      fill: true,
      limit: MOST_ROWS,
    };
  });
  return questions;
}

function told(found: BatchAnswer | undefined): QueryResponse {
  if (found?.answer) return found.answer;
  throw errorFrom(found?.status ?? 0, found?.problem, null);
}

/** The figures of all stores of a view, in one request. */
export function portfolioQuery(view: PortfolioView, resolved: DateRange) {
  const queries = questionsOf(view, resolved);
  const groups = groupsOf(view.stores ?? [], view.currency);
  const stores = (view.stores ?? []).map(({ id }) => id).join();
  return queryOptions({
    queryKey: ["portfolio", stores, queries] as const,
    queryFn: async ({ signal }): Promise<Group[]> => {
      const call = api.POST("/api/metrics/batch", {
        body: { queries },
        headers: { accept: "application/json" },
        signal,
      });
      // The description has the other form of the answer as well, line by line, which is not asked for.
      const { answers } = (await answer(call)) as unknown as BatchResponse;
      return groups.map((_, index) => ({
        totals: told(answers[`totals ${index}`]),
        trend: answers[`trend ${index}`]?.answer ?? null,
      }));
    },
    enabled: groups.length > 0,
    // Old figures stay while new ones load, but never as if they were of other stores.
    placeholderData: (previous, before) => (before?.queryKey[1] === stores ? previous : undefined),
    refetchInterval: POLL_MS,
  });
}
