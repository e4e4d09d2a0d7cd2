import type { PointerEvent, ReactNode } from "react";
import { ChartTooltip } from "./chart-tooltip";
import { ChartFrame } from "./frame";
import { heatColour, heatStep } from "./heat";
import { shownLabels } from "./label-steps";
import { textWidth } from "./text-width";
import { useSize } from "./use-size";
import { useWalk } from "./use-walk";

interface HeatmapProps {
  /** What the chart shows, for those who do not see it. */
  label: string;
  columns: string[];
  rows: string[];
  /** Row by row; null where nothing is known. */
  cells: (number | null)[];
  renderTooltip: (index: number) => ReactNode;
}

const TEXT = 12;
const GAP = 2;
const FOOT = 22;

/** How much there is of something at each crossing of a row and a column. Arrow keys walk in both directions. */
export default function Heatmap({ label, columns, rows, cells, renderTooltip }: HeatmapProps) {
  const [ref, size] = useSize();
  const walk = useWalk({ columns: columns.length, rows: rows.length });
  const left = Math.ceil(Math.max(0, ...rows.map((row) => textWidth(row, TEXT)))) + 8;
  const width = size ? (size.width - left) / columns.length : 0;
  const height = size ? (size.height - FOOT) / rows.length : 0;
  const most = Math.max(0, ...cells.map((cell) => cell ?? 0));
  const { place } = walk;
  const placeOf = (index: number) => ({
    x: left + (index % columns.length) * width,
    y: Math.floor(index / columns.length) * height,
  });
  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - left) / width);
    const row = Math.floor((event.clientY - box.top) / height);
    const isInside = column >= 0 && column < columns.length && row >= 0 && row < rows.length;
    walk.point(isInside ? row * columns.length + column : null);
  };
  const read = place === null ? null : placeOf(place);
  return (
    <ChartFrame
      ref={ref}
      label={label}
      kind="heatmap"
      walk={walk}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={(event) => {
        if (event.pointerType === "mouse") walk.point(null);
      }}
      tooltip={
        size &&
        place !== null &&
        read && (
          <ChartTooltip x={read.x + width / 2} distance={width / 2 + 6} y={read.y} size={size}>
            {renderTooltip(place)}
          </ChartTooltip>
        )
      }
    >
      {size && (
        <svg aria-hidden viewBox={`0 0 ${size.width} ${size.height}`} className="absolute size-full">
          {rows.map((row, index) => (
            <text key={row} y={(index + 0.5) * height} dy="0.35em" fill="var(--chart-axis)" fontSize={TEXT}>
              {row}
            </text>
          ))}
          {shownLabels(columns, width, TEXT, "hour").map((column) => (
            <text
              key={column}
              x={left + column * width}
              y={size.height - 5}
              fill="var(--chart-axis)"
              fontSize={TEXT}
            >
              {columns[column]}
            </text>
          ))}
          {cells.map((cell, index) => {
            const { x, y } = placeOf(index);
            return (
              <rect
                key={`${Math.round(x)} ${Math.round(y)}`}
                x={x + GAP / 2}
                y={y + GAP / 2}
                width={Math.max(width - GAP, 1)}
                height={Math.max(height - GAP, 1)}
                rx={2.5}
                fill={cell === null ? "none" : heatColour(heatStep(cell, most))}
                stroke={index === place ? "var(--foreground)" : cell === null ? "var(--border)" : undefined}
                strokeWidth={index === place ? 1.5 : 1}
              />
            );
          })}
        </svg>
      )}
    </ChartFrame>
  );
}
