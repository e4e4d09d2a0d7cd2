import { arc } from "d3-shape";
import type { ReactNode } from "react";

interface GaugeProps {
  /** What it shows, with the value, for those who do not see it. */
  label: string;
  /** From 0 to 1; null where there is no value. */
  part: number | null;
  /** What the ends of the scale are. */
  ends: [least: string, most: string];
  children: ReactNode;
}

const WIDTH = 200;
const RADIUS = 92;
const THICKNESS = 14;
const HALF = Math.PI / 2;

const shape = arc<{ to: number }>()
  .innerRadius(RADIUS - THICKNESS)
  .outerRadius(RADIUS)
  .cornerRadius(THICKNESS / 2)
  .startAngle(-HALF)
  .endAngle(({ to }) => -HALF + to * 2 * HALF)
  .digits(2);

/** Where a value stands between the ends of its scale. */
export default function Gauge({ label, part, ends, children }: GaugeProps) {
  const shown = part === null ? null : Math.min(Math.max(part, 0), 1);
  const [least, most] = ends;
  return (
    <div className="relative m-auto aspect-[200/118] max-h-full w-full max-w-64">
      <svg
        role="img"
        aria-label={label}
        data-chart="gauge"
        viewBox={`0 0 ${WIDTH} 118`}
        className="absolute size-full"
      >
        <g transform={`translate(${WIDTH / 2} 98)`}>
          <path d={shape({ to: 1 }) ?? undefined} fill="var(--muted)" />
          {shown !== null && shown > 0 && (
            <path d={shape({ to: Math.max(shown, 0.05) }) ?? undefined} fill="var(--series-1)" />
          )}
        </g>
        <g fill="var(--chart-axis)" fontSize="11" textAnchor="middle" className="tabular-nums">
          <text x={WIDTH / 2 - RADIUS + THICKNESS / 2} y="114">
            {least}
          </text>
          <text x={WIDTH / 2 + RADIUS - THICKNESS / 2} y="114">
            {most}
          </text>
        </g>
      </svg>
      <div className="absolute inset-x-0 bottom-[17%] flex flex-col items-center">{children}</div>
    </div>
  );
}
