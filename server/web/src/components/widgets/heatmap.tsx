import { useMemo } from "react";
import { heatColour } from "@/components/charts";
import Heatmap from "@/components/charts/heatmap";
import { formatRange, hourTitle, weekdayTitle } from "@/lib/format/date";
import { formatCount, formatValue } from "@/lib/format/number";
import { metricsIn } from "@/lib/metrics/groups";
import { hasData, measureOf } from "@/lib/metrics/response";
import { heatCells, heatNumbers, HOURS, WEEKDAYS } from "./heat-data";
import type { KindProps } from "./kind";
import { addsUp } from "./metric-facts";
import { Nothing } from "./nothing";

const STEPS = [0, 1, 2, 3, 4, 5, 6];

/** When in the week how much happens, on an average hour. */
export default function HeatmapWidget({ title, response, registry }: KindProps) {
  const cells = useMemo(() => heatCells(response), [response]);
  const [column] = metricsIn(response);
  if (!column) return null;
  if (!hasData(response)) return <Nothing response={response} />;
  if (response.meta.query.granularity !== "hour" || !addsUp(response, column.key, registry)) {
    return (
      <p className="m-auto max-w-sm text-center text-muted-foreground">
        {column.title} is not told by the hour, so there is no hour of the week to show it for.
      </p>
    );
  }
  const measure = measureOf(response, column.key);
  const hours = Array.from({ length: HOURS }, (_, hour) => hourTitle(hour));
  const days = Array.from({ length: WEEKDAYS }, (_, day) => weekdayTitle(day, "short"));
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2">
      <div className="flex items-center gap-1.5 text-sm text-muted-foreground">
        <span>less</span>
        <span aria-hidden className="flex gap-0.5">
          {STEPS.map((step) => (
            <span key={step} style={{ background: heatColour(step) }} className="size-2.5 rounded-[2px]" />
          ))}
        </span>
        <span>more in an average hour</span>
      </div>
      <div className="min-h-0 flex-1">
        <Heatmap
          label={`${title}, ${formatRange(response.meta.range)}. Arrow keys read the hours.`}
          columns={hours}
          rows={days}
          cells={heatNumbers(cells)}
          renderTooltip={(index) => {
            const cell = cells[index];
            const hour = index % HOURS;
            return (
              cell && (
                <div className="tabular-nums">
                  <p className="font-medium">
                    {weekdayTitle(Math.floor(index / HOURS), "long")}, {hourTitle(hour)}–
                    {hourTitle((hour + 1) % HOURS)}
                  </p>
                  {cell.times === 0 ? (
                    <p className="text-muted-foreground">No data</p>
                  ) : (
                    <dl className="mt-1 grid grid-cols-[auto_auto] gap-x-4">
                      <dt className="text-muted-foreground">On average</dt>
                      <dd className="text-right font-medium">
                        {formatValue(
                          cell.average,
                          measure,
                          measure.unit === "currency" ? "currency" : "exact",
                        )}
                      </dd>
                      <dt className="text-muted-foreground">
                        In {formatCount(cell.times)} {cell.times === 1 ? "hour" : "hours"}
                      </dt>
                      <dd className="text-right">{formatValue(cell.total, measure)}</dd>
                    </dl>
                  )}
                </div>
              )
            );
          }}
        />
      </div>
    </div>
  );
}
