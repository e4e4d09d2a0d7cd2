import type { QueryColumn, QueryResponse } from "@/lib/api/types";
import type { Row } from "@/lib/metrics/response";
import { metricResponse } from "./responses";

export const money = (key = "shopify.revenue", title = "Revenue"): QueryColumn => ({
  key,
  title,
  type: "decimal",
  role: "metric",
  unit: "currency",
  currency: "USD",
  higher_is_better: true,
});

export const count = (key = "shopify.orders", title = "Orders"): QueryColumn => ({
  key,
  title,
  type: "integer",
  role: "metric",
  unit: "count",
  currency: null,
  higher_is_better: true,
});

export const share = (key = "store.conversion_rate", title = "Conversion rate"): QueryColumn => ({
  ...count(key, title),
  type: "number",
  unit: "percentage",
});

export const time: QueryColumn = {
  key: "time",
  title: "Day",
  type: "date",
  role: "time",
  unit: null,
  currency: null,
};

export const group = (key: string, title: string): QueryColumn => ({
  key,
  title,
  type: "text",
  role: "dimension",
  unit: null,
  currency: null,
});

/** An answer with these columns and rows; its buckets are days where it has a time. */
export function answerOf(
  columns: QueryColumn[],
  rows: Row[],
  parts: Partial<QueryResponse> = {},
): QueryResponse {
  const bucketed = columns.some(({ role }) => role === "time");
  const base = metricResponse("shopify.revenue");
  return {
    ...base,
    columns,
    rows,
    totals: {},
    total_rows: rows.length,
    meta: { ...base.meta, query: { ...base.meta.query, granularity: bucketed ? "day" : null } },
    ...parts,
  };
}

/** The same answer with another part of what it was computed from. */
export function withMeta(response: QueryResponse, meta: Partial<QueryResponse["meta"]>): QueryResponse {
  return { ...response, meta: { ...response.meta, ...meta } };
}

/** What a row's figure was before. */
export const beside = (key: string, value: string | number, ratio: number | null) => ({
  comparison: { [key]: { value, delta: ratio === null ? null : "1", ratio } },
});
