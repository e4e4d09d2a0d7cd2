import { Skeleton } from "@/components/ui/skeleton";
import { part } from "@/lib/part";
import type { CartesianChartProps, TimeSeriesChartProps } from "./types";

export { BarList, type BarRow, type BarTrack } from "./bar-list";
export { heatColour, heatStep } from "./heat";
export { Legend } from "./legend";
export { SeriesLegend, type LegendSeries } from "./series-legend";
export { Sparkline } from "./sparkline";
export type { CartesianChartProps, ChartMark, ChartPoint, ChartSeries, SeriesForm, ValueAxis } from "./types";

const Drawing = () => <Skeleton className="size-full" />;

/*
 * What draws over axes comes in a chunk of its own, behind the figures that need no drawing. What is drawn by one kind of widget alone comes
 * with that, and is no part of this.
 */
export const TimeSeriesChart = part<TimeSeriesChartProps>(() => import("./time-series-chart"), Drawing);
export const CartesianChart = part<CartesianChartProps>(() => import("./cartesian-chart"), Drawing);
