import { stack, stackOffsetDiverging } from "d3-shape";
import type { ChartPoint, ChartSeries } from "./types";

/** From where to where a series reaches at a point; null where it has no value. */
export type Span = readonly [from: number, to: number] | null;

export function isStackable({ comparison, form, side }: ChartSeries): boolean {
  return !comparison && (form === "area" || form === "bar") && side !== "right";
}

/** The spans of each series at each point. What is stacked stands on what is before it, below zero apart from above. */
export function spansOf(points: ChartPoint[], series: ChartSeries[], stacked: boolean): Map<string, Span[]> {
  const together = stacked ? series.filter(isStackable) : [];
  const value = (point: ChartPoint, key: string) => point.values[key] ?? null;
  const piled = stack<ChartPoint>()
    .keys(together.map(({ key }) => key))
    .value((point, key) => value(point, key) ?? 0)
    .offset(stackOffsetDiverging)(points);
  const spans = new Map<string, Span[]>();
  for (const { key } of series) {
    spans.set(
      key,
      points.map((point) => {
        const at = value(point, key);
        return at === null ? null : [0, at];
      }),
    );
  }
  for (const pile of piled) {
    const known = points.map((point) => value(point, pile.key) !== null);
    spans.set(
      pile.key,
      pile.map(([from, to], index) => (known[index] ? [from, to] : null)),
    );
  }
  return spans;
}
