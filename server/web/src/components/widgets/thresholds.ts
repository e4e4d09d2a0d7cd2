import type { Threshold } from "@/lib/dashboards/document";
import { compareDecimals } from "@/lib/decimal";
import type { Value } from "@/lib/format/number";

/** The first of the thresholds of a column that a value is beyond; null where it is beyond none. */
export function thresholdOf(
  value: Value,
  column: string,
  thresholds: readonly Threshold[] | undefined,
): Threshold | null {
  if (value === null || !thresholds) return null;
  const found = thresholds.find((threshold) => {
    if (threshold.column !== column) return false;
    const order = compareDecimals(value, threshold.value);
    return order !== null && (threshold.operator === "gte" ? order >= 0 : order <= 0);
  });
  return found ?? null;
}
