export interface Point {
  x: number;
  y: number;
}

/**
 * Where each value lies in a box of the given size; a missing value lies nowhere. The scale starts at zero unless a value
 * is negative, so that a flat line looks flat.
 */
export function sparklinePoints(values: (number | null)[], width: number, height: number): (Point | null)[] {
  const known = values.filter((value) => value !== null);
  const least = Math.min(0, ...known);
  const most = Math.max(0, ...known);
  const span = most - least || 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values.map((value, index) =>
    value === null ? null : { x: index * step, y: height - ((value - least) / span) * height },
  );
}

/** The unbroken runs of points: a gap ends one and the next begins behind it. */
export function runsOf(points: (Point | null)[]): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  for (const point of [...points, null]) {
    if (point) {
      run.push(point);
    } else if (run.length > 0) {
      runs.push(run);
      run = [];
    }
  }
  return runs;
}

/** A single point is a line of no length, which round caps make a dot. */
export function pathOf(run: Point[]): string {
  const [only] = run;
  if (only && run.length === 1) return `M${only.x.toFixed(2)} ${only.y.toFixed(2)}h0`;
  return run.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(2)} ${y.toFixed(2)}`).join("");
}
