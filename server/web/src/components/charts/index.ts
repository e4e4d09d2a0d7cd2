import { lazy } from "react";

export { Sparkline } from "./sparkline";
export { Legend } from "./legend";
export type { ChartPoint, ChartSeries } from "./types";

/** Comes in a chunk of its own, because the drawing library is most of the page's weight. Wrap it in `Suspense`. */
export const TimeSeriesChart = lazy(() => import("./time-series-chart"));
