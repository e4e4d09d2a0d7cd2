import { Legend, SeriesLegend } from "@/components/charts";
import type { QueryResponse } from "@/lib/api/types";
import { formatPeriod } from "@/lib/format/date";
import { bucketOf, partialTitles } from "@/lib/metrics/buckets";
import { comparedRange } from "@/lib/metrics/response";
import { MOST_SERIES, type SeriesData } from "./series-data";
import type { SeriesPlan } from "./series-plan";

interface SeriesLegendsProps {
  data: SeriesData;
  plan: SeriesPlan;
  response: QueryResponse;
  hidden: ReadonlySet<string>;
  onHidden: (hidden: ReadonlySet<string>) => void;
  onHighlight: (key: string | null) => void;
}

/** Says whose line is whose, and what a dashed or a hatched one means. */
export function SeriesLegends(props: SeriesLegendsProps) {
  const { data, plan, response, hidden, onHidden, onHighlight } = props;
  const before = plan.isCompared ? comparedRange(response) : null;
  const bucket = bucketOf(response);
  const times = data.points.flatMap(({ time }) => (time ? [time] : []));
  const bars = plan.own.some(({ form }) => form === "bar");
  const [first] = plan.own;
  const colour = plan.own.length === 1 && first ? first.colour : "var(--chart-axis)";
  const forms = [
    ...(before
      ? [
          {
            mark: bars ? ("cap" as const) : ("dashed" as const),
            colour: "var(--chart-previous)",
            title: formatPeriod(before),
          },
        ]
      : []),
    ...(bucket ? partialTitles(bucket, times) : []).map((title) => ({
      mark: bars ? ("hatched" as const) : ("partial" as const),
      colour,
      title,
    })),
  ];
  const toggle = (key: string) => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    onHidden(next);
  };
  if (plan.own.length < 2 && forms.length === 0) return null;
  return (
    <div className="flex max-h-20 flex-wrap items-center gap-x-4 gap-y-1 overflow-y-auto">
      {plan.own.length > 1 && (
        <SeriesLegend
          className="-ml-1.5"
          series={plan.own.map((one) => ({
            key: one.key,
            title: one.side === "right" ? `${one.title} (right)` : one.title,
            colour: one.colour,
            mark: one.form === "bar" ? "block" : "solid",
          }))}
          hidden={hidden}
          onToggle={toggle}
          onHighlight={onHighlight}
        />
      )}
      {forms.length > 0 && <Legend items={forms} />}
      {data.left > 0 && (
        <p className="text-sm text-muted-foreground">
          {MOST_SERIES} of {MOST_SERIES + data.left} shown
        </p>
      )}
    </div>
  );
}
