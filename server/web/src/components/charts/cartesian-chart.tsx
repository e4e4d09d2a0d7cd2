import { memo, useMemo, type PointerEvent } from "react";
import { Axes } from "./axes";
import { BarLayer } from "./bar-layer";
import { ChartTooltip } from "./chart-tooltip";
import { CursorBand, CursorLine } from "./cursor";
import { ChartFrame } from "./frame";
import { LineLayer } from "./line-layer";
import { MarkBands, MarkButtons } from "./marks";
import { hasBars, modelOf, type ChartModel } from "./model";
import { nearestPoint } from "./scale";
import type { CartesianChartProps } from "./types";
import { useSize } from "./use-size";
import { useWalk } from "./use-walk";

/** Lines, areas and bars over time or over things. Arrow keys walk along the points once the chart has the focus. */
export default function CartesianChart(props: CartesianChartProps) {
  const { label, points, series, marks = [], renderTooltip } = props;
  const [ref, size] = useSize();
  const walk = useWalk({ columns: points.length, rows: 1 });
  const model = useMemo(() => (size ? modelOf(props, size) : null), [props, size]);
  const bars = hasBars(series);
  const { place } = walk;

  const point = (event: PointerEvent) => {
    if (!model) return;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    walk.point(nearestPoint(model.x, x));
  };
  return (
    <ChartFrame
      ref={ref}
      label={label}
      kind={bars ? "bars" : "lines"}
      walk={walk}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={(event) => {
        // A finger that was lifted has read something.
        if (event.pointerType === "mouse") walk.point(null);
      }}
      tooltip={
        model &&
        place !== null && (
          <ChartTooltip
            x={model.x.centres[place] ?? 0}
            distance={bars ? model.x.step / 2 + 6 : 14}
            y={model.plot.top}
            size={model.size}
          >
            {renderTooltip(place)}
          </ChartTooltip>
        )
      }
    >
      {model && (
        <>
          <svg
            aria-hidden
            viewBox={`0 0 ${model.size.width} ${model.size.height}`}
            className="absolute size-full"
          >
            {bars && place !== null && <CursorBand model={model} place={place} />}
            <Drawing model={model} {...props} />
            {place !== null && <CursorLine model={model} series={series} place={place} hairline={!bars} />}
          </svg>
          {marks.length > 0 && <MarkButtons model={model} marks={marks} onPoint={() => walk.point(null)} />}
        </>
      )}
    </ChartFrame>
  );
}

/** What stays while the chart is pointed at. */
const Drawing = memo(function Drawing({
  model,
  points,
  series,
  stacked = false,
  categorical = false,
  marks = [],
  highlighted = null,
}: CartesianChartProps & { model: ChartModel }) {
  const layer = { model, points, series, stacked, highlighted };
  return (
    <>
      <Axes model={model} points={points} categorical={categorical} />
      <MarkBands model={model} marks={marks} />
      <BarLayer {...layer} />
      <LineLayer {...layer} />
    </>
  );
});
