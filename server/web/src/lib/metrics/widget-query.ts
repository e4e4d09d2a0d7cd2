import { skipToken, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useContext } from "react";
import type { QueryRequest, QueryResponse } from "@/lib/api/types";
import { askTogether } from "./batcher";
import { DataSourceContext, type DataSource } from "./data-source";
import { metricsKeys } from "./query";

/**
 * The answer to what a widget asks; nothing is asked where it asks nothing. While another range or other filters load, the old answer
 * stays.
 */
export function useWidgetQuery(
  widgetId: string,
  question: QueryRequest | null,
): UseQueryResult<QueryResponse> {
  const source = useContext(DataSourceContext);
  return useQuery<QueryResponse>({
    queryKey: [...keyOf(source, widgetId, question), question],
    queryFn: question
      ? ({ signal }) => (source ? source.ask(widgetId, question, signal) : askTogether(question, signal))
      : skipToken,
    placeholderData: (previous, query) => {
      const before = query?.queryKey.at(-1) as QueryRequest | null | undefined;
      return before && question && isOfTheSame(before, question) ? previous : undefined;
    },
    // An answer that still holds is the same object anyway, and in another one every figure may be another.
    structuralSharing: false,
  });
}

function keyOf(
  source: DataSource | null,
  widgetId: string,
  question: QueryRequest | null,
): readonly unknown[] {
  if (source) return [...source.key, widgetId];
  return question ? metricsKeys.stores(question.stores ?? []) : [...metricsKeys.all, null];
}

/** Whether two answers have the same columns and are about the same stores, so that one can stand for the other for a moment. */
function isOfTheSame(a: QueryRequest, b: QueryRequest): boolean {
  return JSON.stringify(lasting(a)) === JSON.stringify(lasting(b));
}

/** What of a question only says when, of what, and beside what. */
const PASSING = ["time_range", "compare_to", "granularity", "fill", "filters", "currency"];

function lasting(question: QueryRequest): [string, unknown][] {
  const kept = Object.entries(question).filter(([field]) => !PASSING.includes(field));
  return kept.sort(([a], [b]) => (a < b ? -1 : 1));
}
