import { useMemo } from "react";
import CartesianChart from "./cartesian-chart";
import type { TimeSeriesChartProps } from "./types";

/** Lines over time; one alone is shaded down to zero. Arrow keys walk along the points once the chart has the focus. */
export default function TimeSeriesChart({ series, formatTick, ...props }: TimeSeriesChartProps) {
  const own = series.filter(({ comparison }) => !comparison);
  const isAlone = own.length === 1;
  const drawn = useMemo(
    () =>
      series.map((one) => ({
        ...one,
        form: isAlone && !one.comparison ? ("area" as const) : ("line" as const),
      })),
    [series, isAlone],
  );
  const left = useMemo(() => ({ formatTick }), [formatTick]);
  return <CartesianChart {...props} series={drawn} left={left} />;
}
