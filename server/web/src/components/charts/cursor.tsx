import type { ChartModel } from "./model";
import type { ChartSeries } from "./types";

interface CursorProps {
  model: ChartModel;
  series: ChartSeries[];
  place: number;
  /** Whether there is a line through the place, and not a band behind it. */
  hairline: boolean;
}

/** The column of the place that is read, behind bars. */
export function CursorBand({ model, place }: Pick<CursorProps, "model" | "place">) {
  const { plot, x } = model;
  const width = Math.max(x.step - 2, 4);
  return (
    <rect
      data-picture="skip"
      x={(x.centres[place] ?? 0) - width / 2}
      y={plot.top}
      width={width}
      height={plot.bottom - plot.top}
      rx={4}
      fill="var(--muted)"
    />
  );
}

/** A hairline through the place that is read, and a dot on each line. */
export function CursorLine({ model, series, place, hairline }: CursorProps) {
  const { plot, x } = model;
  const at = x.centres[place] ?? 0;
  const lines = series.filter(({ form }) => form !== "bar");
  return (
    <g data-picture="skip" pointerEvents="none">
      {hairline && (
        <line
          x1={Math.round(at) + 0.5}
          x2={Math.round(at) + 0.5}
          y1={plot.top}
          y2={plot.bottom}
          stroke="var(--input)"
        />
      )}
      {lines.map((one) => {
        const span = model.spans.get(one.key)?.[place];
        const y = span && model.axes[one.side ?? "left"]?.scale(span[1]);
        return typeof y === "number" ? (
          <circle
            key={one.key}
            cx={at}
            cy={y}
            r={one.comparison ? 3 : 4}
            fill={one.colour}
            stroke="var(--card)"
            strokeWidth={2}
          />
        ) : null;
      })}
    </g>
  );
}
