import type { QueryRequest } from "@/lib/api/types";
import { automaticDays } from "./resolve";

/** As many groups, over as many buckets, as an answer may have rows for. */
const MOST_GROUPS = 100;
const MOST_ROWS = 10_000;

/**
 * The same figures over time, for the same groups: what the small lines of a table are drawn from. By the day at least, which whatever stores
 * and sources there are have in common.
 */
export function trendQuestion(question: QueryRequest): QueryRequest {
  const asked = { ...question };
  delete asked.compare_to;
  delete asked.having;
  delete asked.offset;
  delete asked.order_by;
  delete asked.timezone;
  return {
    ...asked,
    granularity: automaticDays(question.time_range),
    fill: true,
    limit: MOST_ROWS,
    ...(question.group_by && { top: question.top ?? { groups: MOST_GROUPS, other: false } }),
  };
}
