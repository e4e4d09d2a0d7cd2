import { lazy } from "react";

export { BarList, type BarRow, type BarTrack } from "./bar-list";
export { heatColour, heatStep } from "./heat";
export { Legend } from "./legend";
export { SeriesLegend, type LegendSeries } from "./series-legend";
export { Sparkline } from "./sparkline";
export type { CartesianChartProps, ChartMark, ChartPoint, ChartSeries, SeriesForm, ValueAxis } from "./types";

/* What draws comes in chunks of its own, behind the figures that need no drawing. Wrap it in `Suspense`. */
export const TimeSeriesChart = lazy(() => import("./time-series-chart"));
export const CartesianChart = lazy(() => import("./cartesian-chart"));
export const PieChart = lazy(() => import("./pie-chart"));
export const Heatmap = lazy(() => import("./heatmap"));
export const Gauge = lazy(() => import("./gauge"));
export const FunnelChart = lazy(() => import("./funnel-chart"));
