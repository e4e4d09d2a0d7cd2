import type { ChartPoint, ChartSeries } from "./types";

export type ChartRow = Record<string, number | string | null> & { index: number };

export const partialKey = (key: string) => `${key}:partial`;

/** Whether a point belongs to a stretch that is drawn dashed: it is partial itself, or next to one that is. */
export function touchesPartial(partial: readonly boolean[], index: number): boolean {
  return [partial[index - 1], partial[index], partial[index + 1]].includes(true);
}

/**
 * The points as the drawing library wants them. A series with partial buckets is cut in two: the whole ones, and the
 * partial ones with their neighbours, which are drawn dashed.
 */
export function chartRows(points: ChartPoint[], series: ChartSeries[]): ChartRow[] {
  const partial = points.map((point) => point.partial === true);
  return points.map((point, index) => {
    const row: ChartRow = { index, label: point.label };
    for (const { key, comparison } of series) {
      const value = point.values[key] ?? null;
      row[key] = !comparison && partial[index] ? null : value;
      if (!comparison) row[partialKey(key)] = touchesPartial(partial, index) ? value : null;
    }
    return row;
  });
}
