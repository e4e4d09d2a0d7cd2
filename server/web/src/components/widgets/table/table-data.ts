import type { QueryResponse } from "@/lib/api/types";
import type { WidgetDisplay } from "@/lib/dashboards/document";
import { compareDecimals } from "@/lib/decimal";
import { formatBucket } from "@/lib/format/date";
import { toNumber, type Measure, type Value } from "@/lib/format/number";
import { bucketOf, partialTimes } from "@/lib/metrics/buckets";
import { groupOf } from "@/lib/metrics/groups";
import { measureOf, textOf, valueOf, type Row } from "@/lib/metrics/response";

export interface TableColumn {
  key: string;
  title: string;
  isFigure: boolean;
  measure: Measure;
  higherIsBetter: boolean | null;
  /** The greatest value, where cells are coloured by theirs. */
  most: number | null;
  hasTrend: boolean;
}

export interface TableLine {
  key: string;
  /** What the row is about, by column. */
  names: Record<string, { text: string; order: string }>;
  /** Its group by itself, without time. */
  group: string;
  row: Row;
}

export interface Sort {
  key: string;
  direction: "asc" | "desc";
}

/** The columns that are shown. */
export function columnsOf(response: QueryResponse, display: WidgetDisplay): TableColumn[] {
  const options = new Map((display.columns ?? []).map((column) => [column.key, column]));
  return response.columns.flatMap((column) => {
    const option = options.get(column.key) ?? options.get(column.pivot?.metric ?? "");
    if (option?.hidden) return [];
    const values = option?.heat ? response.rows.map((row) => toNumber(valueOf(row, column.key)) ?? 0) : [];
    return [
      {
        key: column.key,
        title: column.title,
        isFigure: column.role === "metric",
        measure: measureOf(response, column.key),
        higherIsBetter: column.higher_is_better ?? null,
        most: option?.heat ? Math.max(0, ...values) : null,
        hasTrend: option?.sparkline === true && column.role === "metric" && !column.pivot,
      },
    ];
  });
}

/** What tells the groups of rows apart, with or without their time. */
export function groupKey(row: Row, response: QueryResponse): string {
  const dimensions = response.columns.filter(({ role }) => role === "dimension");
  return JSON.stringify([row.other === true, ...dimensions.map(({ key }) => row[key] ?? null)]);
}

export function linesOf(response: QueryResponse): TableLine[] {
  const bucket = bucketOf(response);
  const subjects = response.columns.filter(({ role }) => role !== "metric");
  return response.rows.map((row) => {
    const names = subjects.map((column) => {
      if (column.role === "time") {
        const written = textOf(row, column.key, "");
        return [
          column.key,
          { text: bucket ? formatBucket(written, bucket, "long") : written, order: written },
        ];
      }
      const { title, isOther, value } = groupOf(row, column, response);
      // What is left, and what has no name, comes behind all that has one.
      return [column.key, { text: title, order: isOther || value === null ? "\uFFFF" : title.toLowerCase() }];
    });
    const group = groupKey(row, response);
    return {
      key: `${textOf(row, "time", "")} ${group}`,
      names: Object.fromEntries(names) as TableLine["names"],
      group,
      row,
    };
  });
}

function compareValues(a: Value, b: Value, direction: Sort["direction"]): number {
  // What is not known is never first.
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = compareDecimals(a, b) ?? 0;
  return direction === "asc" ? order : -order;
}

/** The lines in an order; of equal ones each stays where it was. */
export function sortLines(lines: TableLine[], columns: TableColumn[], sort: Sort | null): TableLine[] {
  const column = columns.find(({ key }) => key === sort?.key);
  if (!sort || !column) return lines;
  const { key, direction } = sort;
  return [...lines].sort((a, b) => {
    if (column.isFigure) return compareValues(valueOf(a.row, key), valueOf(b.row, key), direction);
    const [one, other] = [a.names[key]?.order ?? "", b.names[key]?.order ?? ""];
    const order = one.localeCompare(other, undefined, { numeric: true });
    return direction === "asc" ? order : -order;
  });
}

/** What a press on a head makes of the order: figures begin with the largest, names with the first. */
export function toggleSort(sort: Sort | null, column: TableColumn): Sort {
  const first = column.isFigure ? "desc" : "asc";
  if (sort?.key !== column.key) return { key: column.key, direction: first };
  return { key: column.key, direction: sort.direction === "asc" ? "desc" : "asc" };
}

function timesOf({ rows }: QueryResponse): string[] {
  return [...new Set(rows.map((row) => String(row.time)))].sort();
}

/** Of which buckets of those lines not all counts. */
export function partialIn(trend: QueryResponse): boolean[] {
  const cut = partialTimes(trend);
  return timesOf(trend).map((time) => cut.has(time));
}

/** The values of each group over time, for its line; in the order of the buckets. */
export function trendsOf(trend: QueryResponse | undefined, key: string): Map<string, (number | null)[]> {
  const trends = new Map<string, (number | null)[]>();
  if (!trend || bucketOf(trend) === null) return trends;
  const times = timesOf(trend);
  const places = new Map(times.map((time, index) => [time, index]));
  for (const row of trend.rows) {
    const group = groupKey(row, trend);
    const values = trends.get(group) ?? Array.from({ length: times.length }, () => null);
    values[places.get(String(row.time)) ?? 0] = toNumber(valueOf(row, key));
    trends.set(group, values);
  }
  return trends;
}
