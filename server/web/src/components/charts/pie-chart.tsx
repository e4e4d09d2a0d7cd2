import { arc, pie } from "d3-shape";
import type { ReactNode } from "react";
import { ChartTooltip } from "./chart-tooltip";
import { ChartFrame } from "./frame";
import { useSize } from "./use-size";
import { useWalk } from "./use-walk";

export interface Slice {
  key: string;
  colour: string;
  /** Its size; what is not above zero has no slice. */
  value: number;
}

interface PieChartProps {
  /** What the chart shows, for those who do not see it. */
  label: string;
  slices: Slice[];
  /** Whether it is a ring, with room for a figure. */
  donut: boolean;
  children?: ReactNode;
  highlighted?: string | null;
  renderTooltip: (index: number) => ReactNode;
}

const HOLE = 0.66;

const anglesOf = pie<Slice>()
  .value(({ value }) => Math.max(value, 0))
  .sort(null)
  .padAngle(0.014);

/** Parts of a whole, clockwise from the top in the order in which they come. */
export default function PieChart({
  label,
  slices,
  donut,
  children,
  highlighted = null,
  renderTooltip,
}: PieChartProps) {
  const [ref, size] = useSize();
  const walk = useWalk({ columns: slices.length, rows: 1 });
  const radius = size ? Math.max(Math.min(size.width, size.height) / 2 - 4, 0) : 0;
  const shape = arc<ReturnType<typeof anglesOf>[number]>()
    .innerRadius(donut ? radius * HOLE : 0)
    .outerRadius(radius)
    .cornerRadius(2)
    .digits(2);
  const angles = anglesOf(slices);
  const { place } = walk;
  const read = place === null ? undefined : angles[place];
  const active = place === null ? highlighted : (slices[place]?.key ?? null);
  const centre = size && { x: size.width / 2, y: size.height / 2 };
  const [x, y] = read ? shape.centroid(read) : [0, 0];
  return (
    <ChartFrame
      ref={ref}
      label={label}
      kind="pie"
      walk={walk}
      onPointerLeave={() => walk.point(null)}
      tooltip={
        size &&
        centre &&
        place !== null && (
          <ChartTooltip x={centre.x + x} y={Math.max(centre.y + y - 20, 0)} size={size}>
            {renderTooltip(place)}
          </ChartTooltip>
        )
      }
    >
      {size && centre && (
        <svg aria-hidden viewBox={`0 0 ${size.width} ${size.height}`} className="absolute size-full">
          <g transform={`translate(${centre.x} ${centre.y})`}>
            {angles.map((angle, index) => (
              <path
                key={angle.data.key}
                d={shape(angle) ?? undefined}
                fill={angle.data.colour}
                opacity={active === null || active === angle.data.key ? undefined : 0.3}
                onPointerMove={() => walk.point(index)}
                onPointerDown={() => walk.point(index)}
              />
            ))}
          </g>
        </svg>
      )}
      {donut && size && (
        <div className="pointer-events-none absolute inset-0 flex items-center justify-center">
          <div style={{ maxWidth: radius * HOLE * 1.6 }}>{children}</div>
        </div>
      )}
    </ChartFrame>
  );
}
