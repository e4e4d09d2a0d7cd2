import { Legend, TimeSeriesChart, type ChartSeries } from "@/components/charts";
import { ErrorBoundary } from "@/components/error-boundary";
import type { QueryResponse } from "@/lib/api/types";
import { formatPeriod, formatRange } from "@/lib/format/date";
import { formatTick } from "@/lib/format/number";
import { BUCKET_TITLES } from "@/lib/metrics/buckets";
import { comparedRange, goodWay, granularityOf, measureOf } from "@/lib/metrics/response";
import { chartPoints, REVENUE, revenueBuckets } from "./revenue-series";
import { RevenueTable } from "./revenue-table";
import { RevenueTooltip } from "./revenue-tooltip";

const CURRENT = "var(--series-1)";
const PREVIOUS = "var(--chart-previous)";

interface RevenueChartProps {
  response: QueryResponse;
  asTable: boolean;
}

export function RevenueChart({ response, asTable }: RevenueChartProps) {
  const granularity = granularityOf(response) ?? "day";
  const measure = measureOf(response, REVENUE);
  const higherIsBetter = goodWay(response, REVENUE);
  const buckets = revenueBuckets(response, granularity);
  if (asTable)
    return (
      <RevenueTable
        buckets={buckets}
        bucketTitle={BUCKET_TITLES[granularity]}
        measure={measure}
        higherIsBetter={higherIsBetter}
      />
    );

  const before = comparedRange(response);
  const current = formatRange(response.meta.range);
  const series: ChartSeries[] = [{ key: "current", title: current, colour: CURRENT }];
  if (before)
    series.push({ key: "previous", title: formatPeriod(before), colour: PREVIOUS, comparison: true });
  const unfinished = buckets.some((bucket) => bucket.unfinished);
  const clipped = buckets.some((bucket) => bucket.clipped);
  return (
    <div className="flex flex-col gap-3 px-2 pb-4 sm:px-3">
      <div className="px-2">
        <Legend
          items={[
            { mark: "solid", colour: CURRENT, title: current },
            ...(before ? [{ mark: "dashed" as const, colour: PREVIOUS, title: formatPeriod(before) }] : []),
            ...(unfinished
              ? [
                  {
                    mark: "partial" as const,
                    colour: CURRENT,
                    title: granularity === "day" ? "Today, so far" : `This ${granularity}, so far`,
                  },
                ]
              : []),
            ...(clipped
              ? [{ mark: "partial" as const, colour: CURRENT, title: `Part of a ${granularity}` }]
              : []),
          ]}
        />
      </div>
      <div className="h-64 sm:h-72">
        <ErrorBoundary title="The chart could not be shown" resetKey={response} className="px-2">
          <TimeSeriesChart
            label={`Revenue${measure.currency ? ` in ${measure.currency}` : ""} per ${granularity}, ${current}. Arrow keys read the points.`}
            series={series}
            points={chartPoints(buckets)}
            formatTick={(value) => formatTick(value, measure)}
            renderTooltip={(index) => {
              const bucket = buckets[index];
              return (
                bucket && <RevenueTooltip bucket={bucket} measure={measure} higherIsBetter={higherIsBetter} />
              );
            }}
          />
        </ErrorBoundary>
      </div>
    </div>
  );
}
