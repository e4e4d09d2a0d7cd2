import { Suspense } from "react";
import { Legend, TimeSeriesChart, type ChartSeries } from "@/components/charts";
import { Skeleton } from "@/components/ui/skeleton";
import type { QueryResponse } from "@/lib/api/types";
import { formatPeriod, formatRange } from "@/lib/format/date";
import { formatTick, type Measure } from "@/lib/format/number";
import { granularityOf } from "@/lib/metrics/response";
import { BUCKET_TITLES, chartPoints, revenueBuckets } from "./revenue-series";
import { RevenueTable } from "./revenue-table";
import { RevenueTooltip } from "./revenue-tooltip";

const CURRENT = "var(--series-1)";
const PREVIOUS = "var(--chart-previous)";

interface RevenueChartProps {
  response: QueryResponse;
  currency: string;
  asTable: boolean;
}

export function RevenueChart({ response, currency, asTable }: RevenueChartProps) {
  const granularity = granularityOf(response) ?? "day";
  const measure: Measure = { unit: "currency", currency };
  const buckets = revenueBuckets(response, granularity);
  if (asTable)
    return <RevenueTable buckets={buckets} bucketTitle={BUCKET_TITLES[granularity]} measure={measure} />;

  const { range, comparison_range: before } = response.meta;
  const current = formatRange(range);
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
        <Suspense fallback={<Skeleton className="size-full" />}>
          <TimeSeriesChart
            label={`Revenue in ${currency} per ${granularity}, ${current}. Arrow keys read the points.`}
            series={series}
            points={chartPoints(buckets)}
            formatTick={(value) => formatTick(value, measure)}
            renderTooltip={(index) => {
              const bucket = buckets[index];
              return bucket && <RevenueTooltip bucket={bucket} measure={measure} />;
            }}
          />
        </Suspense>
      </div>
    </div>
  );
}
