import { Tooltip } from "@/components/ui/tooltip";
import { groupMarks } from "./mark-groups";
import type { ChartModel } from "./model";
import type { ChartMark } from "./types";

/** What happened, in the plot: a band over its time and a line where it began. */
export function MarkBands({ model, marks }: { model: ChartModel; marks: ChartMark[] }) {
  const { plot, x } = model;
  return marks.map((mark) => {
    const [from = 0, to = 0] = [x.centres[mark.first], x.centres[mark.last]];
    return (
      <g key={mark.key}>
        {mark.last > mark.first && (
          <rect
            x={from}
            y={plot.top}
            width={to - from}
            height={plot.bottom - plot.top}
            fill="var(--chart-mark)"
            opacity={0.09}
          />
        )}
        <line
          x1={from}
          x2={from}
          y1={plot.top - 4}
          y2={plot.bottom}
          stroke="var(--chart-mark)"
          strokeDasharray="2 3"
        />
      </g>
    );
  });
}

interface MarkButtonsProps {
  model: ChartModel;
  marks: ChartMark[];
  /** Somebody points at one of them, and not at the points below. */
  onPoint: () => void;
}

/** The buttons over the plot that say what happened; those that would overlap are one. */
export function MarkButtons({ model, marks, onPoint }: MarkButtonsProps) {
  return groupMarks(marks, model.x.centres, model.size.width).map((group) => {
    const [first] = group.marks;
    return (
      <Tooltip
        key={first?.key}
        content={
          <ul className="flex flex-col gap-2">
            {group.marks.map((mark) => (
              <li key={mark.key}>{mark.detail}</li>
            ))}
          </ul>
        }
      >
        <button
          type="button"
          aria-label={group.marks.map(({ title }) => title).join("; ")}
          // The chart around it walks along its points by the same keys.
          onKeyDown={(event) => event.stopPropagation()}
          onPointerEnter={onPoint}
          onPointerMove={(event) => event.stopPropagation()}
          style={{ left: group.x - 12 }}
          className="absolute top-0 flex size-6 cursor-default items-center justify-center rounded-full border border-(--chart-mark)/40 bg-card text-(--chart-mark) hover:bg-muted [&_svg]:size-3.5"
        >
          {group.marks.length === 1 ? (
            first?.icon
          ) : (
            <span className="text-xs font-medium tabular-nums">{group.marks.length}</span>
          )}
        </button>
      </Tooltip>
    );
  });
}
