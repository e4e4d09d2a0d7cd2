import type { ChartModel } from "./model";
import type { ChartSeries } from "./types";

export interface ComparedBar {
  key: string;
  index: number;
  x: number;
  width: number;
  y: number;
}

/**
 * Where the bars of the other period would end: a line across each bar. The series of the comparison come in the order of
 * those that they are beside.
 */
export function comparedBars(model: ChartModel, series: ChartSeries[], stacked: boolean): ComparedBar[] {
  const own = series.filter(({ form, comparison }) => form === "bar" && comparison);
  const { band, centres } = model.x;
  const width = stacked ? band : band / Math.max(own.length, 1);
  return own.flatMap((one, lane) =>
    (model.spans.get(one.key) ?? []).flatMap((span, index) => {
      const y = span && model.axes[one.side ?? "left"]?.scale(span[1]);
      if (typeof y !== "number") return [];
      const x = (centres[index] ?? 0) - band / 2 + (stacked ? 0 : lane * width);
      return [{ key: one.key, index, x: x - 2, width: width + 4, y }];
    }),
  );
}
