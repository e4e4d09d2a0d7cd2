import { AXIS_TEXT, type AxisModel, type ChartModel } from "./model";
import { shortened, textWidth } from "./text-width";
import type { ChartPoint } from "./types";

const text = { fill: "var(--chart-axis)", fontSize: AXIS_TEXT } as const;

/** The lines of the left axis, and the names of what is along the axes. */
export function Axes({ model, points, categorical }: AxesProps) {
  const { plot, axes, size } = model;
  return (
    <g className="tabular-nums">
      {axes.left?.ticks.map(({ value, y }) => (
        <line
          key={value}
          x1={plot.left}
          x2={plot.right}
          y1={Math.round(y) + 0.5}
          y2={Math.round(y) + 0.5}
          stroke={value === 0 ? "var(--border)" : "var(--chart-grid)"}
        />
      ))}
      {axes.left && <TickTexts axis={axes.left} x={plot.left - 8} anchor="end" />}
      {axes.right && <TickTexts axis={axes.right} x={plot.right + 8} anchor="start" />}
      {labelsOf(model, points, categorical).map(({ index, label, x }) => (
        <text key={index} x={x} y={size.height - 7} textAnchor="middle" {...text}>
          {label}
        </text>
      ))}
    </g>
  );
}

interface AxesProps {
  model: ChartModel;
  points: ChartPoint[];
  categorical: boolean;
}

function TickTexts({ axis, x, anchor }: { axis: AxisModel; x: number; anchor: "start" | "end" }) {
  return axis.ticks.map((tick) => (
    <text key={tick.value} x={x} y={tick.y} dy="0.35em" textAnchor={anchor} {...text}>
      {tick.text}
    </text>
  ));
}

/** The labels below the plot: none sticks out of the chart, and none lies over the one before. */
function labelsOf(model: ChartModel, points: ChartPoint[], categorical: boolean) {
  let end = -Infinity;
  return model.labels.flatMap((index) => {
    const full = points[index]?.label ?? "";
    const label = categorical ? shortened(full, AXIS_TEXT, model.x.step - 8) : full;
    const width = textWidth(label, AXIS_TEXT);
    const x = Math.max(Math.min(model.x.centres[index] ?? 0, model.size.width - width / 2), width / 2);
    if (x - width / 2 < end + 6) return [];
    end = x + width / 2;
    return [{ index, label, x }];
  });
}
