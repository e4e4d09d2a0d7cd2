import { cn } from "@/lib/cn";
import { touchesPartial } from "./partial";
import { pathOf, runsOf, sparklinePoints } from "./sparkline-path";

interface SparklineProps {
  values: (number | null)[];
  /** Which values are those of buckets of which only a part counts. */
  partial?: boolean[];
  label: string;
  colour?: string;
  className?: string;
}

const WIDTH = 200;
const HEIGHT = 36;
const PAD = 2;

const stroke = {
  fill: "none",
  strokeWidth: 1.5,
  strokeLinejoin: "round",
  strokeLinecap: "round",
  vectorEffect: "non-scaling-stroke",
} as const;

/** A trend without axes. */
export function Sparkline({
  values,
  partial = [],
  label,
  colour = "var(--series-1)",
  className,
}: SparklineProps) {
  const points = sparklinePoints(values, WIDTH, HEIGHT);
  const whole = points.map((point, index) => (partial[index] ? null : point));
  const dashed = points.map((point, index) => (touchesPartial(partial, index) ? point : null));
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 ${-PAD} ${WIDTH} ${HEIGHT + 2 * PAD}`}
      preserveAspectRatio="none"
      className={cn("h-9 w-full", className)}
    >
      {runsOf(whole).map((run) => (
        <g key={run[0]?.x}>
          <path
            d={`${pathOf(run)}L${run.at(-1)?.x ?? 0} ${HEIGHT}L${run[0]?.x ?? 0} ${HEIGHT}Z`}
            fill={colour}
            opacity={0.08}
          />
          <path d={pathOf(run)} {...stroke} stroke={colour} strokeWidth={run.length === 1 ? 4 : 1.5} />
        </g>
      ))}
      {runsOf(dashed).map((run) => (
        <path key={run[0]?.x} d={pathOf(run)} strokeDasharray="2 3" {...stroke} stroke={colour} />
      ))}
    </svg>
  );
}
