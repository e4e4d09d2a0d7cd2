import { dimensionsIn, metricsIn } from "@/lib/metrics/groups";
import { measureOf, totalOf } from "@/lib/metrics/response";
import type { KindProps } from "./kind";
import { KpiFigure } from "./kpi-figure";
import { readPrecision } from "./metric-facts";
import { thresholdOf } from "./thresholds";
import { whyMissing } from "./why-missing";

/** One figure, large. */
export function Kpi({ widget, title, response, registry }: KindProps) {
  const [column] = metricsIn(response);
  if (!column) return null;
  const { display } = widget;
  const hasTime = response.columns.some(({ role }) => role === "time");
  return (
    <KpiFigure
      response={response}
      metric={column.key}
      title={title}
      glance={display.precision ?? "compact"}
      precision={readPrecision(column.key, measureOf(response, column.key), registry)}
      whyMissing={whyMissing(response)}
      trend={display.sparkline !== false && hasTime && dimensionsIn(response).length === 0}
      threshold={thresholdOf(totalOf(response, column.key), column.key, display.thresholds)}
      tellsAge={false}
    />
  );
}
