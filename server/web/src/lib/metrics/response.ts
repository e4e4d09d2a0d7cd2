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

/** Whether anything at all was measured in the range. */
export function hasData(response: QueryResponse): boolean {
  return Object.values(response.totals).some((value) => {
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

// Within a day a quiet shop cannot be told from a source that is behind.
const LAG_MS = 24 * 3_600_000;

/** The instant up to which the slowest source is known, if that leaves out a part of the range that has passed. */
export function laggingSince(response: QueryResponse, now: Date = new Date()): string | null {
  const end = Math.min(Date.parse(response.meta.range.end), now.getTime());
  const [oldest] = Object.values(response.meta.as_of)
    .filter((instant) => typeof instant === "string")
    .sort((a, b) => Date.parse(a) - Date.parse(b));
  return oldest !== undefined && Date.parse(oldest) <= end - LAG_MS ? oldest : null;
}
