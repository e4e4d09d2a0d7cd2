import type { QueryColumn, QueryResponse } from "@/lib/api/types";
import { MISSING, type Measure, type Value } from "@/lib/format/number";
import { sentence } from "@/lib/format/text";
import { GRANULARITIES, type Granularity } from "./range";

/*
 * Rows are open maps, because their columns are the query's. These readers are the one place that looks into them.
 */

export type Row = QueryResponse["rows"][number];

export interface Change {
  value: Value;
  delta: Value;
  /** Null when there was nothing before to compare with. */
  ratio: number | null;
}

function asValue(value: unknown): Value {
  return typeof value === "string" || typeof value === "number" ? value : null;
}

function asChange(change: unknown): Change | null {
  if (typeof change !== "object" || change === null) return null;
  const { value, delta, ratio } = change as Record<string, unknown>;
  return { value: asValue(value), delta: asValue(delta), ratio: typeof ratio === "number" ? ratio : null };
}

function field(record: unknown, key: string): unknown {
  return typeof record === "object" && record !== null ? (record as Record<string, unknown>)[key] : undefined;
}

export function columnOf(response: QueryResponse, key: string): QueryColumn | undefined {
  return response.columns.find((column) => column.key === key);
}

/** What a column's values measure. The currency is that of the amounts, which need not be the store's. */
export function measureOf(response: QueryResponse, key: string): Measure {
  const column = columnOf(response, key);
  return { unit: column?.unit, currency: column?.currency };
}

/** What a row's value measures: rows that are cut by currency say themselves which theirs is. */
export function measureIn(row: Row, response: QueryResponse, key: string): Measure {
  const measure = measureOf(response, key);
  if (measure.unit !== "currency" || measure.currency != null) return measure;
  return { ...measure, currency: typeof row.currency === "string" ? row.currency : null };
}

export function valueOf(row: Row, key: string): Value {
  return asValue(row[key]);
}

/** What a row's metric was in the period that it is compared with. */
export function changeOf(row: Row, key: string): Change | null {
  return asChange(field(row.comparison, key));
}

/** The start of the bucket of the other period that a row is compared with. */
export function comparedTime(row: Row): string | null {
  const time = field(row.comparison, "time");
  return typeof time === "string" ? time : null;
}

export function textOf(row: Row, key: string, missing = MISSING): string {
  const value = row[key];
  return typeof value === "string" && value !== "" ? value : missing;
}

export function totalOf(response: QueryResponse, key: string): Value {
  return asValue(response.totals[key]);
}

export function totalChangeOf(response: QueryResponse, key: string): Change | null {
  return asChange(field(field(response.comparison, "totals"), key));
}

/** The size of an answer's buckets, which while a page changes is not yet the size that the page asks for. */
export function granularityOf(response: QueryResponse): Granularity | null {
  return GRANULARITIES.find((granularity) => granularity === response.meta.query.granularity) ?? null;
}

/** The days that the range is compared with; null where there are none, as at the first moment of a day. */
export function comparedRange(response: QueryResponse): QueryResponse["meta"]["range"] | null {
  const range = response.meta.comparison_range ?? response.comparison?.range;
  return range && range.from <= range.to ? range : null;
}

/** Whether anything at all was measured in the range, be it that there was none. */
export function hasData({ totals, columns, rows }: QueryResponse): boolean {
  const figures = columns.filter(({ role }) => role === "metric");
  return (
    Object.values(totals).some((value) => asValue(value) !== null) ||
    rows.some((row) => figures.some(({ key }) => valueOf(row, key) !== null))
  );
}

/** Whether nothing happened in the range, or nothing is known of it. */
export function isAllZero({ totals }: QueryResponse): boolean {
  return !Object.values(totals).some((value) => {
    const number = Number(value);
    return value !== null && number !== 0 && !Number.isNaN(number);
  });
}

const UNEQUAL = ["data_ends", "begins_before_data", "comparison_before_data"];

/** Why the two periods cannot well be compared, where the data do not reach over the whole of both. */
export function unequalPeriods(response: QueryResponse): string | null {
  const reasons = response.meta.warnings
    .filter((warning) => UNEQUAL.includes(warning.code))
    .map((warning) => sentence(warning.detail));
  return reasons.length > 0 ? [...new Set(reasons)].join(" ") : null;
}

/** Which way of a metric is good; null while a change says nothing, because the two periods are unequal. */
export function goodWay(response: QueryResponse, key: string): boolean | null {
  return unequalPeriods(response) === null ? (columnOf(response, key)?.higher_is_better ?? null) : null;
}

// Of a source that nobody reads, a quiet shop cannot be told within a day from one whose files are behind.
const LAG_MS = 24 * 3_600_000;

/** That some of what happened may be missing. */
export interface Lag {
  /** The instant up to which the slowest source is known; null where one was never read to its end. */
  since: string | null;
  /** Why it is behind, where that is known. */
  reason: string | null;
}

/** Whether a source lags: the server says so, or its newest row leaves out a part of the range that has passed. */
export function lagOf(response: QueryResponse, now: Date = new Date()): Lag | null {
  const instants = Object.values(response.meta.as_of);
  const [oldest = null] = instants
    .filter((instant) => typeof instant === "string")
    .sort((a, b) => Date.parse(a) - Date.parse(b));
  const reasons = response.meta.warnings
    .filter((warning) => warning.code === "source_behind")
    .map((warning) => sentence(warning.detail));
  if (reasons.length > 0) {
    return { since: instants.includes(null) ? null : oldest, reason: [...new Set(reasons)].join(" ") };
  }
  const end = Math.min(Date.parse(response.meta.range.end), now.getTime());
  return oldest !== null && Date.parse(oldest) <= end - LAG_MS ? { since: oldest, reason: null } : null;
}
