import { scaleBand, scalePoint } from "d3-scale";

/**
 * Where a value lies between two ends of an axis; null for what has no place on it. Written out because d3's continuous
 * scales bring colours and number formats along that nothing here would use.
 */
export type ValueScale = (value: number) => number | null;

export function valueScale(
  [least, most]: readonly [number, number],
  [start, end]: readonly [number, number],
  log = false,
): ValueScale {
  const part = log
    ? (value: number) => Math.log(value / least) / Math.log(most / least)
    : (value: number) => (value - least) / (most - least);
  return (value) => (log && value <= 0 ? null : start + part(value) * (end - start));
}

/** Where points lie beside one another. */
export interface PointScale {
  /** The middle of each. */
  centres: number[];
  /** From one middle to the next. */
  step: number;
  /** The breadth of a bar there, or of the bars that share the place; zero where there are none. */
  band: number;
}

const MOST_BAR = 56;

/** Points of lines go from edge to edge, bars have their places side by side. */
export function pointScale(count: number, start: number, end: number, bars: boolean): PointScale {
  const indices = Array.from({ length: count }, (_, index) => index);
  if (bars) {
    const scale = scaleBand<number>()
      .domain(indices)
      .range([start, end])
      .paddingInner(0.28)
      .paddingOuter(0.14);
    const band = Math.min(scale.bandwidth(), MOST_BAR);
    const centres = indices.map((index) => (scale(index) ?? 0) + scale.bandwidth() / 2);
    return { centres, step: scale.step(), band };
  }
  const scale = scalePoint<number>().domain(indices).range([start, end]);
  return { centres: indices.map((index) => scale(index) ?? 0), step: scale.step(), band: 0 };
}

/** The place that is nearest to a pointer. */
export function nearestPoint({ centres, step }: PointScale, x: number): number {
  const [first = 0] = centres;
  const index = step > 0 ? Math.round((x - first) / step) : 0;
  return Math.min(Math.max(index, 0), centres.length - 1);
}
