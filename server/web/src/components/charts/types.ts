import type { ReactNode } from "react";

/*
 * What a chart is told. Nothing here names the drawing library, so that it can be changed in this folder alone.
 */

export interface ChartSeries {
  key: string;
  title: string;
  /** A CSS colour: one of the tokens. */
  colour: string;
  /** A comparison is drawn dashed and lighter than what it is compared with. */
  comparison?: boolean;
}

export interface ChartPoint {
  key: string;
  /** What the axis calls the point. */
  label: string;
  /** A missing value is a gap in the line, never a zero. */
  values: Record<string, number | null>;
  /** A bucket of which only a part counts, because it has not ended or the range cuts it. */
  partial?: boolean;
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
