import { useId } from "react";
import { barPath, barsOf } from "./bars";
import { comparedBars } from "./bars-compared";
import type { ChartModel } from "./model";
import type { ChartPoint, ChartSeries } from "./types";

interface LayerProps {
  model: ChartModel;
  points: ChartPoint[];
  series: ChartSeries[];
  stacked: boolean;
  highlighted: string | null;
}

/** Bars, hatched where their time is not all there, and a dashed line across each where it was in the other period. */
export function BarLayer({ model, points, series, stacked, highlighted }: LayerProps) {
  const id = useId();
  const colours = new Map(series.map(({ key, colour }) => [key, colour]));
  const own = series.filter(({ form, comparison }) => form === "bar" && !comparison);
  const hatch = (key: string) => `${id}${own.findIndex((one) => one.key === key)}`;
  const partial = points.some((point) => point.partial);
  const stepsBack = (key: string) => highlighted !== null && highlighted !== key;
  return (
    <>
      {partial && (
        <defs>
          {own.map(({ key, colour }) => (
            <pattern
              key={key}
              id={hatch(key)}
              width="5"
              height="5"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="5" height="5" fill={colour} opacity={0.22} />
              <rect width="2" height="5" fill={colour} />
            </pattern>
          ))}
        </defs>
      )}
      {barsOf(model, points, series, stacked).map((bar) => (
        <path
          key={`${bar.key} ${bar.index}`}
          d={barPath(bar)}
          fill={bar.partial ? `url(#${hatch(bar.key)})` : colours.get(bar.key)}
          stroke={stacked ? "var(--card)" : undefined}
          strokeWidth={stacked ? 1 : undefined}
          opacity={stepsBack(bar.key) ? 0.25 : undefined}
        />
      ))}
      {comparedBars(model, series, stacked).map(({ key, index, x, width, y }) => (
        <line
          key={`${key} ${index}`}
          x1={x}
          x2={x + width}
          y1={y}
          y2={y}
          stroke="var(--foreground)"
          strokeOpacity={0.6}
          strokeWidth={1.5}
          strokeDasharray="3 2"
        />
      ))}
    </>
  );
}
