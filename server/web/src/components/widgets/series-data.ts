import type { QueryColumn, QueryResponse } from "@/lib/api/types";
import { toNumber, type Measure, type Value } from "@/lib/format/number";
import { bucketOf, bucketReader, type TimeBucket } from "@/lib/metrics/buckets";
import { dimensionsIn, groupOf, metricsIn, valueTitle, type GroupValue } from "@/lib/metrics/groups";
import { changeOf, measureIn, valueOf, type Change, type Row } from "@/lib/metrics/response";

/** One line, or the bars of one colour: a figure, of one group where rows are cut. */
export interface DataSeries {
  key: string;
  title: string;
  /** The key of the figure's column, without what stands beside it. */
  column: string;
  /** The group, by which it gets its colour; null where rows are not cut. */
  group: string | null;
  isOther: boolean;
  measure: Measure;
  higherIsBetter: boolean | null;
  values: Value[];
  changes: (Change | null)[];
}

/** What stands side by side along the axis. */
export interface DataPoint {
  key: string;
  axis: string;
  title: string;
  time: TimeBucket | null;
}

export interface SeriesData {
  points: DataPoint[];
  series: DataSeries[];
  /** How many series there are that are not among them. */
  left: number;
}

/** As many as there are colours that can be told apart. */
export const MOST_SERIES = 8;

const ALL_OTHERS = "\u0000other";

function keyOf({ value, isOther }: GroupValue): string {
  return isOther ? ALL_OTHERS : (value ?? "");
}

function sizeOf({ values }: DataSeries): number {
  return values.reduce<number>((sum, value) => sum + Math.abs(toNumber(value) ?? 0), 0);
}

/** The column that a figure is of, before rows stood side by side. */
function metricOf(column: QueryColumn): string {
  return column.pivot?.metric ?? column.key;
}

/** An answer as series along time, or along what its rows are cut by first. */
export function seriesData(response: QueryResponse, now: Date = new Date()): SeriesData {
  const bucket = bucketOf(response);
  const dimensions = dimensionsIn(response);
  const along = bucket === null ? dimensions[0] : undefined;
  const cut = dimensions.filter((dimension) => dimension !== along);
  const readTime = bucket && bucketReader(response, bucket, now);
  const metrics = metricsIn(response);

  const points = new Map<string, DataPoint>();
  const series = new Map<string, DataSeries>();
  const places: { row: Row; point: string; groups: GroupValue[] }[] = response.rows.map((row) => {
    const time = readTime ? readTime(row) : null;
    const group = along && groupOf(row, along, response);
    const key = time?.key ?? (group ? keyOf(group) : "all");
    const title = time?.title ?? group?.title ?? "All";
    if (!points.has(key)) points.set(key, { key, axis: time?.axis ?? title, title, time });
    return { row, point: key, groups: cut.map((dimension) => groupOf(row, dimension, response)) };
  });
  const inOrder = [...points.values()];
  // Time goes one way, in whichever order an answer has its rows.
  if (bucket !== null) inOrder.sort((a, b) => Date.parse(a.key) - Date.parse(b.key));
  const order = new Map(inOrder.map(({ key }, index) => [key, index]));

  for (const { row, point, groups } of places) {
    const at = order.get(point) ?? 0;
    for (const column of metrics) {
      const one = seriesOf(response, series, column, row, groups, metrics.length > 1, points.size);
      one.values[at] = valueOf(row, column.key);
      one.changes[at] = changeOf(row, column.key);
    }
  }
  const all = [...series.values()];
  if (cut.length > 0 || all.length > MOST_SERIES) {
    all.sort((a, b) => Number(a.isOther) - Number(b.isOther) || sizeOf(b) - sizeOf(a));
  }
  return {
    points: inOrder,
    series: all.slice(0, MOST_SERIES),
    left: Math.max(all.length - MOST_SERIES, 0),
  };
}

function seriesOf(
  response: QueryResponse,
  known: Map<string, DataSeries>,
  column: QueryColumn,
  row: Row,
  groups: GroupValue[],
  named: boolean,
  length: number,
): DataSeries {
  const pivot = column.pivot && {
    value: column.pivot.value ?? null,
    isOther: column.pivot.other,
    title: column.pivot.other
      ? "All others"
      : valueTitle(
          { key: column.pivot.dimension, title: column.pivot.dimension.replaceAll("_", " ") },
          column.pivot.value ?? null,
          response.meta.stores,
        ),
  };
  const cuts = pivot ? [...groups, pivot] : groups;
  const group = cuts.length > 0 ? cuts.map(keyOf).join(" · ") : null;
  const key = group === null ? column.key : `${metricOf(column)} ${group}`;
  const found = known.get(key);
  if (found) return found;
  const names = cuts.map(({ title }) => title).join(" · ");
  const title = group === null ? column.title : named && !pivot ? `${names}, ${column.title}` : names;
  const made: DataSeries = {
    key,
    title,
    column: metricOf(column),
    group,
    isOther: cuts.some(({ isOther }) => isOther),
    measure: measureIn(row, response, column.key),
    higherIsBetter: column.higher_is_better ?? null,
    values: Array.from({ length }, () => null),
    changes: Array.from({ length }, () => null),
  };
  known.set(key, made);
  return made;
}
