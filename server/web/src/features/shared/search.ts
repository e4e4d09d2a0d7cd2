import { parseComparison, parseRange, type Comparison } from "@/lib/metrics/range";

/** What the address of a shared dashboard holds: other days than its own, where the link lets one choose. */
export interface SharedSearch {
  range?: string;
  compare?: Comparison;
}

/** Keeps what it understands of an address and leaves out the rest. */
export function parseSharedSearch(search: Record<string, unknown>): SharedSearch {
  const compare = parseComparison(search.compare);
  return {
    ...(parseRange(search.range) !== undefined && { range: search.range as string }),
    ...(compare !== undefined && { compare }),
  };
}
