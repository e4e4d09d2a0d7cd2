import { Sparkline } from "@/components/charts";
import Gauge from "@/components/charts/gauge";
import { formatValue, toNumber } from "@/lib/format/number";
import { partialTimes } from "@/lib/metrics/buckets";
import { metricsIn } from "@/lib/metrics/groups";
import { measureOf, totalOf, valueOf } from "@/lib/metrics/response";
import type { KindProps } from "../kind";
import { Compared } from "../kpi-figure";
import { Nothing } from "../nothing";

/** From where to where a measure reaches. */
const SCALES: Record<string, [least: number, most: number]> = {
  rating: [1, 5],
  score: [-100, 100],
  percentage: [0, 1],
};

/** How satisfied customers are, between the worst and the best that there is. */
export default function Sentiment({ title, response }: KindProps) {
  const [column] = metricsIn(response);
  if (!column) return null;
  const measure = measureOf(response, column.key);
  const value = totalOf(response, column.key);
  const number = toNumber(value);
  if (number === null) return <Nothing response={response} />;
  const [least, most] = SCALES[measure.unit ?? ""] ?? [0, 100];
  const written = formatValue(value, measure, "compact");
  const ends: [string, string] = [
    formatValue(least, measure, "compact"),
    formatValue(most, measure, "compact"),
  ];
  const trend = response.rows.map((row) => toNumber(valueOf(row, column.key)));
  const cut = partialTimes(response);
  const partial = response.rows.map((row) => cut.has(String(row.time)));
  const hasTrend = response.columns.some(({ role }) => role === "time") && trend.length > 1;
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center gap-2">
      <Gauge
        label={`${title}: ${written}, on a scale from ${ends[0]} to ${ends[1]}`}
        part={(number - least) / (most - least)}
        ends={ends}
      >
        <p className="text-2xl font-semibold tracking-tight tabular-nums">{written}</p>
      </Gauge>
      <Compared response={response} metric={column.key} precision="compact" />
      {hasTrend && (
        <Sparkline
          values={trend}
          partial={partial}
          label={`Trend of ${title}`}
          className="min-h-0 max-w-64"
        />
      )}
    </div>
  );
}
