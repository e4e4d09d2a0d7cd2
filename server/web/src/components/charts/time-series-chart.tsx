import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { chartRows, partialKey } from "./rows";
import type { TimeSeriesChartProps } from "./types";

const AXIS_TEXT = { fill: "var(--chart-axis)", fontSize: 12 };
const DASHES = "4 4";

/** Lines over time. Arrow keys walk along the points once the chart has the focus. */
export default function TimeSeriesChart({
  label,
  series,
  points,
  formatTick,
  renderTooltip,
}: TimeSeriesChartProps) {
  const rows = chartRows(points, series);
  const own = series.filter((s) => !s.comparison);
  const compared = series.filter((s) => s.comparison);
  const lonely = points.length === 1;
  const dot = (colour: string) => (lonely ? { r: 3, fill: colour, strokeWidth: 0 } : false);
  return (
    <ResponsiveContainer width="100%" height="100%" debounce={30}>
      <ComposedChart data={rows} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} aria-label={label}>
        <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
        <XAxis
          dataKey="index"
          tickFormatter={(index: number) => points[index]?.label ?? ""}
          tick={AXIS_TEXT}
          tickLine={false}
          axisLine={{ stroke: "var(--border)" }}
          tickMargin={8}
          minTickGap={36}
          interval="preserveStartEnd"
        />
        <YAxis
          tickFormatter={formatTick}
          tick={AXIS_TEXT}
          tickLine={false}
          axisLine={false}
          tickCount={5}
          width="auto"
          domain={[(least: number) => Math.min(0, least), "auto"]}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--input)", strokeWidth: 1 }}
          wrapperStyle={{ zIndex: 10, outline: "none" }}
          content={({ active, label: index }) =>
            active && typeof index === "number" ? (
              <div className="rounded-md border bg-popover px-3 py-2 text-sm shadow-(--shadow-float)">
                {renderTooltip(index)}
              </div>
            ) : null
          }
        />
        {compared.map((s) => (
          <Line
            key={s.key}
            dataKey={s.key}
            name={s.title}
            type="linear"
            stroke={s.colour}
            strokeWidth={1.5}
            strokeDasharray={DASHES}
            dot={dot(s.colour)}
            activeDot={{ r: 3, fill: s.colour, strokeWidth: 0 }}
            isAnimationActive={false}
          />
        ))}
        {own.map((s) => (
          <Area
            key={s.key}
            dataKey={s.key}
            name={s.title}
            type="linear"
            stroke={s.colour}
            strokeWidth={2}
            fill={s.colour}
            fillOpacity={own.length === 1 ? 0.07 : 0}
            dot={dot(s.colour)}
            activeDot={{ r: 4, fill: s.colour, stroke: "var(--card)", strokeWidth: 2 }}
            isAnimationActive={false}
          />
        ))}
        {own.map((s) => (
          <Line
            key={partialKey(s.key)}
            dataKey={partialKey(s.key)}
            name={`${s.title}, partial`}
            type="linear"
            stroke={s.colour}
            strokeWidth={2}
            strokeDasharray="2 4"
            strokeLinecap="round"
            dot={({ cx, cy, index }: { cx?: number; cy?: number; index?: number }) =>
              index !== undefined &&
              points[index]?.partial &&
              typeof cx === "number" &&
              typeof cy === "number" ? (
                <circle
                  key={index}
                  cx={cx}
                  cy={cy}
                  r={3.5}
                  fill="var(--card)"
                  stroke={s.colour}
                  strokeWidth={2}
                />
              ) : (
                <g key={index} />
              )
            }
            activeDot={false}
            isAnimationActive={false}
          />
        ))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}
