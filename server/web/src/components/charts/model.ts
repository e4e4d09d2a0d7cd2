import { shownLabels } from "./label-steps";
import { pointScale, valueScale, type PointScale, type ValueScale } from "./scale";
import { isStackable, spansOf, type Span } from "./spans";
import { textWidth } from "./text-width";
import { alignedTicks, linearTicks, logTicks, type Ticks } from "./ticks";
import type { AxisSide, CartesianChartProps, ChartSeries, ValueAxis } from "./types";
import type { Size } from "./use-size";

export const AXIS_TEXT = 12;
/** Where labels of points stand, below the plot. */
const FOOT = 26;
const HEAD = 10;
/** With room for the buttons of marks. */
const HEAD_WITH_MARKS = 32;
const SIDE = 10;
/** A name may be cut short to this. */
const LEAST_LABEL = 40;

export interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface AxisModel {
  ticks: { value: number; text: string; y: number }[];
  scale: ValueScale;
  /** Where zero lies, or the foot of the axis where zero is not on it. */
  base: number;
}

/** Everything about a chart that does not change while it is pointed at. */
export interface ChartModel {
  size: Size;
  plot: Plot;
  x: PointScale;
  axes: Partial<Record<AxisSide, AxisModel>>;
  spans: Map<string, Span[]>;
  /** The points whose labels there is room for. */
  labels: number[];
}

export function sideOf(series: ChartSeries): AxisSide {
  return series.side ?? "left";
}

export function hasBars(series: ChartSeries[]): boolean {
  return series.some(({ form }) => form === "bar");
}

/** What an axis has to show: from where to where its series reach. */
function extentOf(series: ChartSeries[], spans: Map<string, Span[]>, log: boolean): [number, number] | null {
  const values = series.flatMap((one) =>
    (spans.get(one.key) ?? []).flatMap((span) => {
      if (span === null) return [];
      return isStackable(one) ? [...span] : [span[1]];
    }),
  );
  const usable = log ? values.filter((value) => value > 0) : values;
  return usable.length > 0 ? [Math.min(...usable), Math.max(...usable)] : null;
}

function isLog(axis: ValueAxis, series: ChartSeries[]): boolean {
  return axis.log === true && !series.some(isStackable);
}

function ticksOf(
  axis: ValueAxis,
  series: ChartSeries[],
  spans: Map<string, Span[]>,
  count: number,
  steps: number | null,
): Ticks {
  const log = isLog(axis, series);
  const extent = extentOf(series, spans, log);
  if (extent === null) return linearTicks(0, 0, count);
  if (log) return logTicks(...extent);
  const fromZero = axis.fromZero !== false || series.some(isStackable);
  const [least, most] = fromZero ? [Math.min(0, extent[0]), Math.max(0, extent[1])] : extent;
  if (steps !== null && least === 0) return alignedTicks(most, steps, axis.unit);
  return linearTicks(least, most, count, axis.unit);
}

export function modelOf(props: CartesianChartProps, size: Size): ChartModel {
  const { series, points, left, right, stacked = false, bucket, categorical = false, marks = [] } = props;
  const spans = spansOf(points, series, stacked);
  const top = marks.length > 0 ? HEAD_WITH_MARKS : HEAD;
  const bottom = size.height - FOOT;
  const count = Math.min(Math.max(Math.round((bottom - top) / 52), 2), 6);
  const ownAxis = (side: AxisSide) => series.filter((one) => sideOf(one) === side);

  const leftTicks = ticksOf(left, ownAxis("left"), spans, count, null);
  const lines = leftTicks.values.length - 1;
  const steps = leftTicks.domain[0] === 0 && lines > 0 ? lines : null;
  const rightTicks = right && ticksOf(right, ownAxis("right"), spans, count, steps);
  const room = (ticks: Ticks, axis: ValueAxis) =>
    Math.ceil(Math.max(...ticks.values.map((value) => textWidth(axis.formatTick(value), AXIS_TEXT)))) + SIDE;
  const plot = {
    left: room(leftTicks, left),
    right: size.width - (right && rightTicks ? room(rightTicks, right) : SIDE),
    top,
    bottom,
  };
  const axisOf = (axis: ValueAxis, ticks: Ticks, side: AxisSide): AxisModel => {
    const scale = valueScale(ticks.domain, [bottom, top], isLog(axis, ownAxis(side)));
    return {
      scale,
      base: ticks.domain[0] <= 0 && ticks.domain[1] >= 0 ? (scale(0) ?? bottom) : bottom,
      ticks: ticks.values.map((value) => ({
        value,
        text: axis.formatTick(value),
        y: scale(value) ?? bottom,
      })),
    };
  };
  const x = pointScale(points.length, plot.left, plot.right, hasBars(series));
  return {
    size,
    plot,
    x,
    axes: {
      left: axisOf(left, leftTicks, "left"),
      ...(right && rightTicks && { right: axisOf(right, rightTicks, "right") }),
    },
    spans,
    labels:
      categorical && x.step >= LEAST_LABEL
        ? points.map((_, index) => index)
        : shownLabels(
            points.map(({ label }) => label),
            x.step,
            AXIS_TEXT,
            bucket,
          ),
  };
}
