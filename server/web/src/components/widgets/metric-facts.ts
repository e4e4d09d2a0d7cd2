import type { QueryResponse, Registry } from "@/lib/api/types";
import { addDecimals } from "@/lib/decimal";
import { toNumber, type Measure, type Precision } from "@/lib/format/number";
import { totalOf, valueOf } from "@/lib/metrics/response";

/** Amounts are rounded group by group, so that their sum may be off by as little. */
const ROUNDING = 1e-6;

/** Whether a figure is said to add up; undefined for a formula, and where the registry is not told, as to whoever has a link. */
export function saidToAddUp(column: string, registry: Registry | undefined): boolean | undefined {
  return registry?.metrics.find(({ id }) => id === column)?.additive;
}

/** Whether sums differ by no more than their parts are rounded. */
export function isRounding(difference: number, total: number): boolean {
  return Math.abs(difference) <= Math.max(Math.abs(total), 1) * ROUNDING;
}

/** Whether the figures of an answer's rows add up to that of the whole, so that they are parts of it. */
export function addsUp(response: QueryResponse, column: string, registry: Registry | undefined): boolean {
  const said = saidToAddUp(column, registry);
  if (said !== undefined) return said;
  const total = toNumber(totalOf(response, column));
  if (total === null || response.truncated) return false;
  const sum = Number(addDecimals(response.rows.flatMap((row) => valueOf(row, column) ?? [])));
  return isRounding(sum - total, total);
}

/** How a figure is written where it is read: sums of money to the last digit, averages with the decimals of the currency. */
export function readPrecision(column: string, measure: Measure, registry: Registry | undefined): Precision {
  return measure.unit === "currency" && saidToAddUp(column, registry) !== true ? "currency" : "exact";
}
