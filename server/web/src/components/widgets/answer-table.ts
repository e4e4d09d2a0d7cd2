import type { QueryColumn, QueryResponse } from "@/lib/api/types";
import { formatBucket } from "@/lib/format/date";
import { formatRatio, formatValue, MISSING, type Measure, type Value } from "@/lib/format/number";
import { bucketOf } from "@/lib/metrics/buckets";
import { groupOf } from "@/lib/metrics/groups";
import {
  changeOf,
  measureIn,
  measureOf,
  totalChangeOf,
  totalOf,
  valueOf,
  type Change,
  type Row,
} from "@/lib/metrics/response";

export interface AnswerCell {
  /** As people read it: every digit, in its unit. */
  text: string;
  /** As programs do: an exact decimal, a date, a name; empty where nothing is known. */
  raw: string;
}

export interface AnswerColumn {
  title: string;
  /** What its figures measure, for where cells have no units. */
  unit: string | null;
  isFigure: boolean;
}

export interface AnswerTable {
  columns: AnswerColumn[];
  rows: AnswerCell[][];
  /** Of everything, not just of the rows listed; null where the answer says no more than its rows. */
  totals: AnswerCell[] | null;
}

const NOTHING: AnswerCell = { text: MISSING, raw: "" };

function figure(value: Value, measure: Measure): AnswerCell {
  if (value === null) return NOTHING;
  return { text: formatValue(value, measure), raw: String(value) };
}

function ratio(change: Change | null): AnswerCell {
  if (typeof change?.ratio !== "number") return NOTHING;
  return { text: formatRatio(change.ratio), raw: String(change.ratio) };
}

function unitOf(response: QueryResponse, key: string): string | null {
  const { unit, currency } = measureOf(response, key);
  if (unit === "currency") return currency ?? null;
  return unit === "duration" ? "seconds" : null;
}

/** What a row is about: its time, its group, its step. */
function subject(row: Row, column: QueryColumn, response: QueryResponse): AnswerCell {
  if (column.role === "time") {
    const raw = String(row[column.key]);
    const bucket = bucketOf(response);
    return { raw, text: bucket ? formatBucket(raw, bucket, "long") : raw };
  }
  if (column.key === "step" || column.key === "label") {
    const raw = String(row[column.key]);
    return { raw, text: raw };
  }
  const group = groupOf(row, column, response);
  const isNamed = group.isOther || column.key === "store" || group.value === null;
  return { text: group.title, raw: isNamed ? group.title : (group.value ?? "") };
}

/** An answer as a table that leaves nothing out: each figure, what it was before and how it changed. */
export function answerTable(response: QueryResponse): AnswerTable {
  const subjects = response.columns.filter(({ role }) => role !== "metric");
  const figures = response.columns.filter(({ role }) => role === "metric");
  const isCompared = (key: string) =>
    response.rows.length > 0
      ? response.rows.some((row) => changeOf(row, key) !== null)
      : totalChangeOf(response, key) !== null;
  const compared = new Set(figures.filter(({ key }) => isCompared(key)).map(({ key }) => key));
  const columns = [
    ...subjects.map(({ title }) => ({ title, unit: null, isFigure: false })),
    ...figures.flatMap(({ key, title }) => {
      const unit = unitOf(response, key);
      const own = { title, unit, isFigure: true };
      if (!compared.has(key)) return [own];
      return [
        own,
        { title: `${title}, before`, unit, isFigure: true },
        { title: `${title}, change`, unit: null, isFigure: true },
      ];
    }),
  ];
  const cells = (key: string, measure: Measure, value: Value, change: Change | null) => {
    const own = figure(value, measure);
    if (!compared.has(key)) return [own];
    return [own, figure(change?.value ?? null, measure), ratio(change)];
  };
  const totals = figures.flatMap(({ key }) =>
    cells(key, measureOf(response, key), totalOf(response, key), totalChangeOf(response, key)),
  );
  const hasTotals = figures.some(({ key }) => totalOf(response, key) !== null);
  if (response.rows.length === 0 || subjects.length === 0) {
    const before = subjects.map(() => NOTHING);
    return { columns, rows: hasTotals ? [[...before, ...totals]] : [], totals: null };
  }
  return {
    columns,
    rows: response.rows.map((row) => [
      ...subjects.map((column) => subject(row, column, response)),
      ...figures.flatMap(({ key }) =>
        cells(key, measureIn(row, response, key), valueOf(row, key), changeOf(row, key)),
      ),
    ]),
    totals: hasTotals
      ? [...subjects.map((_, index) => (index === 0 ? { text: "Total", raw: "Total" } : NOTHING)), ...totals]
      : null,
  };
}
