import type { ReactNode } from "react";
import type { Bucket } from "@/lib/format/date";

/*
 * What a chart is told. Nothing here names the libraries that compute scales and paths, so that they can be changed in this
 * folder alone.
 */

export type SeriesForm = "line" | "area" | "bar";

export interface ChartSeries {
  key: string;
  title: string;
  /** A CSS colour: one of the tokens. */
  colour: string;
  /** A comparison is drawn dashed and lighter than what it is compared with. */
  comparison?: boolean;
  /** A line unless said otherwise. */
  form?: SeriesForm;
  /** The axis that its values are read on: the left one unless said otherwise. */
  side?: AxisSide;
}

export type AxisSide = "left" | "right";

export interface ChartPoint {
  key: string;
  /** What the axis calls the point. */
  label: string;
  /** A missing value is a gap in the line, never a zero. */
  values: Record<string, number | null>;
  /** A bucket of which only a part counts, because it has not ended or the range cuts it. */
  partial?: boolean;
}

/** An axis of values. */
export interface ValueAxis {
  formatTick: (value: number) => string;
  /** What the values measure: it decides which steps between ticks are round ones. */
  unit?: string | null | undefined;
  /** Whether it begins at zero, which bars and areas always do. True unless said otherwise. */
  fromZero?: boolean;
  /** Equal steps are equal factors. Values that are not above zero have no place on it and are gaps. */
  log?: boolean;
}

/** Something that happened, beside the time axis. */
export interface ChartMark {
  key: string;
  /** The points between which it was, by their place in the list. */
  first: number;
  last: number;
  title: string;
  icon: ReactNode;
  /** What is said of it to whoever asks. */
  detail: ReactNode;
}

export interface TimeSeriesChartProps {
  /** What the chart shows, for those who do not see it. */
  label: string;
  series: ChartSeries[];
  points: ChartPoint[];
  formatTick: (value: number) => string;
  /** The one tooltip over all series at a point. */
  renderTooltip: (index: number) => ReactNode;
}

export interface CartesianChartProps {
  /** What the chart shows, for those who do not see it. */
  label: string;
  series: ChartSeries[];
  points: ChartPoint[];
  left: ValueAxis;
  /** Needed where a series is read on it. */
  right?: ValueAxis | undefined;
  /** Whether areas or bars of the left axis stand on one another. */
  stacked?: boolean;
  /** The length of a point's time: labels are left out at a pace that suits it. */
  bucket?: Bucket | undefined;
  /** Whether points are things rather than times: their names are cut short before any is left out. */
  categorical?: boolean;
  marks?: ChartMark[];
  /** The key of the series that is pointed at in the legend: the others step back. */
  highlighted?: string | null;
  /** The one tooltip over all series at a point. */
  renderTooltip: (index: number) => ReactNode;
}
