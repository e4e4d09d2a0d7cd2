import { useId } from "react";
import type { ChartModel } from "./model";
import { splitPartial } from "./partial";
import { areaPath, linePath, lonely, placesOf } from "./paths";
import type { ChartPoint, ChartSeries } from "./types";

interface LayerProps {
  model: ChartModel;
  points: ChartPoint[];
  series: ChartSeries[];
  stacked: boolean;
  highlighted: string | null;
}

/** Lines and areas: the comparison behind, dashed; what is not all there yet with dots and hollow ends. */
export function LineLayer({ model, points, series, stacked, highlighted }: LayerProps) {
  const id = useId();
  const partial = points.map((point) => point.partial === true);
  const lines = series.filter(({ form }) => form !== "bar");
  const placed = lines.flatMap((one) => {
    const axis = model.axes[one.side ?? "left"];
    const spans = model.spans.get(one.key);
    return axis && spans ? [{ one, places: placesOf(spans, model.x.centres, axis.scale, axis.base) }] : [];
  });
  const opacity = (key: string) => (highlighted === null || highlighted === key ? undefined : 0.2);
  const shade = (key: string) => `${id}${lines.findIndex((one) => one.key === key)}`;
  return (
    <>
      {placed
        .filter(({ one }) => one.comparison)
        .map(({ one, places }) => (
          <g key={one.key} opacity={opacity(one.key)}>
            <path
              d={linePath(places)}
              fill="none"
              stroke={one.colour}
              strokeWidth={1.5}
              strokeDasharray="4 4"
              strokeLinejoin="round"
            />
            <Dots places={lonely(places)} colour={one.colour} radius={2} />
          </g>
        ))}
      {placed
        .filter(({ one }) => one.form === "area" && !one.comparison)
        .map(({ one, places }) => (
          <g key={one.key} opacity={opacity(one.key)}>
            <linearGradient id={shade(one.key)} x1="0" x2="0" y1="0" y2="1">
              <stop offset="0" stopColor={one.colour} stopOpacity={stacked ? 0.5 : 0.16} />
              <stop offset="1" stopColor={one.colour} stopOpacity={stacked ? 0.36 : 0} />
            </linearGradient>
            <path d={areaPath(places)} fill={`url(#${shade(one.key)})`} />
          </g>
        ))}
      {placed
        .filter(({ one }) => !one.comparison)
        .map(({ one, places }) => {
          const parts = splitPartial(places, partial);
          const stroke = {
            fill: "none",
            stroke: one.colour,
            strokeWidth: 2,
            strokeLinejoin: "round",
            strokeLinecap: "round",
          } as const;
          return (
            <g key={one.key} opacity={opacity(one.key)}>
              <path d={linePath(parts.whole)} {...stroke} />
              <path d={linePath(parts.partial)} strokeDasharray="1.5 4.5" {...stroke} />
              <Dots places={lonely(parts.whole)} colour={one.colour} radius={3} />
              <Dots
                places={places.filter((place, index) => place !== null && partial[index])}
                colour={one.colour}
                radius={3.25}
                hollow
              />
            </g>
          );
        })}
    </>
  );
}

interface DotsProps {
  places: ({ x: number; to: number } | null)[];
  colour: string;
  radius: number;
  hollow?: boolean;
}

function Dots({ places, colour, radius, hollow = false }: DotsProps) {
  return places.map(
    (place) =>
      place && (
        <circle
          key={place.x}
          cx={place.x}
          cy={place.to}
          r={radius}
          fill={hollow ? "var(--card)" : colour}
          stroke={hollow ? colour : undefined}
          strokeWidth={hollow ? 2 : undefined}
        />
      ),
  );
}
