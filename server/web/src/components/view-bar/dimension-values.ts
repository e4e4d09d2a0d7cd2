import { useQuery } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Metric, QueryRequest } from "@/lib/api/types";
import type { DashboardView } from "@/lib/dashboards/document";
import { parseRange } from "@/lib/metrics/range";
import { useRegistry } from "@/lib/metrics/registry";

const MOST = 50;

/** The metric whose values of a dimension are offered: the first that counts something by it, or the first that has it. */
function metricWith(dimension: string, metrics: readonly Metric[]): Metric | undefined {
  const having = metrics.filter(({ dimensions }) => dimensions.includes(dimension));
  return having.find(({ unit, additive }) => unit === "count" && additive) ?? having[0];
}

/** The values that a dimension has in the stores and days that are looked at, the most frequent first; none while it is not known. */
export function useDimensionValues(
  dimension: string | null,
  view: Pick<DashboardView, "range" | "stores">,
): string[] {
  const registry = useRegistry();
  const metric = dimension === null ? undefined : metricWith(dimension, registry?.metrics ?? []);
  const range = parseRange(view.range);
  const body: QueryRequest | null =
    metric && dimension !== null && range !== undefined
      ? {
          metrics: [metric.id],
          stores: view.stores,
          time_range: range,
          group_by: [dimension],
          order_by: [{ field: metric.id, direction: "desc" }],
          limit: MOST,
        }
      : null;
  const { data } = useQuery({
    queryKey: ["dimension-values", body],
    enabled: body !== null,
    // What is offered is a help only: without it values are typed.
    retry: false,
    staleTime: 300_000,
    queryFn: ({ signal }) => (body ? answer(api.POST("/api/metrics/query", { body, signal })) : null),
  });
  if (!data || dimension === null) return [];
  const values = data.rows.map((row) => (row as Record<string, unknown>)[dimension]);
  return values.filter((value): value is string => typeof value === "string" && value !== "");
}
