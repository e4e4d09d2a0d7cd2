import type { QueryRequest } from "@/lib/api/types";
import type { FactsOf } from "./applicable";
import { automaticGranularity } from "./resolve";

/** As many groups, over as many buckets, as an answer may have rows for. */
const MOST_GROUPS = 100;
const MOST_ROWS = 10_000;

/** The same figures over time, for the same groups: what the small lines of a table are drawn from. */
export function trendQuestion(question: QueryRequest, facts: FactsOf): QueryRequest {
  const asked = { ...question };
  delete asked.compare_to;
  delete asked.having;
  delete asked.offset;
  delete asked.order_by;
  return {
    ...asked,
    granularity: automaticGranularity(question, question.time_range, facts),
    fill: true,
    limit: MOST_ROWS,
    ...(question.group_by && { top: question.top ?? { groups: MOST_GROUPS, other: false } }),
  };
}
