import { queryOptions, type QueryFilters } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { QueryRequest, QueryResponse } from "@/lib/api/types";
import type { Comparison, TimeRange } from "./range";

/** What every widget of a page has in common: whose numbers, of when, beside which others. */
export interface MetricsView {
  storeId: string;
  range: TimeRange;
  comparison: Comparison;
}

/** What one widget asks on top of that. */
export interface WidgetQuery {
  metrics: string[];
  granularity?: QueryRequest["granularity"];
  groupBy?: string[];
  orderBy?: { field: string; direction: "asc" | "desc" };
  limit?: number;
}

export function buildQuery(view: MetricsView, widget: WidgetQuery): QueryRequest {
  const bucketed = widget.granularity !== undefined && widget.granularity !== "none";
  return {
    metrics: widget.metrics,
    stores: [view.storeId],
    time_range: view.range,
    ...(widget.granularity && { granularity: widget.granularity }),
    ...(widget.groupBy && { group_by: widget.groupBy }),
    ...(view.comparison !== "none" && { compare_to: view.comparison }),
    ...(widget.orderBy && { order_by: [widget.orderBy] }),
    ...(widget.limit !== undefined && { limit: widget.limit }),
    ...(bucketed && { fill: true }),
  };
}

export const metricsKeys = {
  all: ["metrics"] as const,
  store: (storeId: string) => ["metrics", storeId] as const,
  /** Of questions about these stores, in whatever order they are named. */
  stores: (storeIds: readonly string[]) => ["metrics", [...storeIds].sort().join()] as const,
};

/** Every answer about a store, be it about that store alone or about others as well. */
export function answersAbout(storeId: string): QueryFilters {
  return {
    queryKey: metricsKeys.all,
    predicate: ({ queryKey: [, stores] }) =>
      typeof stores === "string" && stores.split(",").includes(storeId),
  };
}

/** A widget's answer. While another range loads, the old answer of the same store stays. */
export function metricsQuery(view: MetricsView, widget: WidgetQuery) {
  const body = buildQuery(view, widget);
  return queryOptions<QueryResponse>({
    queryKey: [...metricsKeys.store(view.storeId), body],
    queryFn: ({ signal }) => answer(api.POST("/api/metrics/query", { body, signal })),
    placeholderData: (previous, query) => (query?.queryKey[1] === view.storeId ? previous : undefined),
  });
}
