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
  const piles = points.map((point) => pile(together.map(({ key }) => value(point, key))));
  together.forEach(({ key }, place) => {
    spans.set(
      key,
      piles.map((one) => one[place] ?? null),
    );
  });
  return spans;
}

/** Each value on those before it. One of nothing lies flat on the pile, and not on the axis below it. */
function pile(values: (number | null)[]): Span[] {
  let above = 0;
  let below = 0;
  return values.map((value) => {
    if (value === null) return null;
    const from = value < 0 || (value === 0 && above === 0) ? below : above;
    if (value < 0) below += value;
    else above += value;
    return [from, from + value];
  });
}
