import { ChangeBadge } from "@/components/change-badge";
import { Sparkline } from "@/components/charts";
import { Tooltip } from "@/components/ui/tooltip";
import type { QueryResponse } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import type { Threshold } from "@/lib/dashboards/document";
import { formatValue, toNumber, type Precision } from "@/lib/format/number";
import { partialTimes } from "@/lib/metrics/buckets";
import { useMetricDescription } from "@/lib/metrics/registry";
import {
  goodWay,
  lagOf,
  measureOf,
  totalChangeOf,
  totalOf,
  unequalPeriods,
  valueOf,
} from "@/lib/metrics/response";
import { AsOf } from "./as-of";
import { ChangeDetail } from "./change-detail";
import { TONE_TEXT, ToneSign } from "./tone";

interface KpiFigureProps {
  response: QueryResponse;
  /** The key of the figure's column. */
  metric: string;
  title: string;
  /** How the value is written where it is glanced at. */
  glance?: Precision;
  /** How the value is written where it is asked for. */
  precision: Precision;
  /** Why there can be no value. */
  whyMissing: string;
  /** Whether the trend is drawn. */
  trend?: boolean;
  /** The threshold that the value is beyond. */
  threshold?: Threshold | null;
  /** Whether the figure itself says how recent it is. */
  tellsAge?: boolean;
}

/** A figure, what it is compared with, and how it came to be over time. */
export function KpiFigure(props: KpiFigureProps) {
  const { response, metric, title, glance = "compact", precision, whyMissing } = props;
  const { trend: hasTrend = true, threshold = null, tellsAge = true } = props;
  const description = useMetricDescription(metric);
  const measure = measureOf(response, metric);
  const value = totalOf(response, metric);
  const lag = tellsAge ? lagOf(response) : null;
  const trend = response.rows.map((row) => toNumber(valueOf(row, metric)));
  const cut = partialTimes(response);
  const partial = response.rows.map((row) => cut.has(String(row.time)));
  return (
    <>
      <div className="flex min-w-0 items-center gap-2">
        <Tooltip
          content={
            <>
              <p className="tabular-nums">
                {value === null ? whyMissing : formatValue(value, measure, precision)}
              </p>
              {description && <p className="text-muted-foreground">{description}</p>}
            </>
          }
          side="bottom"
          align="start"
        >
          <button
            type="button"
            className={cn(
              "max-w-full cursor-default truncate rounded text-2xl font-semibold tracking-tight tabular-nums",
              threshold && TONE_TEXT[threshold.tone],
            )}
          >
            {formatValue(value, measure, glance)}
          </button>
        </Tooltip>
        {threshold && <ToneSign threshold={threshold} measure={measure} className="text-lg" />}
      </div>
      <Compared response={response} metric={metric} precision={precision} />
      {lag && <AsOf lag={lag} timezone={response.meta.range.timezone} />}
      {hasTrend && (
        <Sparkline
          values={trend}
          partial={partial}
          label={`Trend of ${title}`}
          className="mt-auto min-h-0 pt-2"
        />
      )}
    </>
  );
}

interface ComparedProps {
  response: QueryResponse;
  metric: string;
  precision: Precision;
}

/** How much it changed; its place is there whether anything is compared or not, so that figures stand in line. */
export function Compared({ response, metric, precision }: ComparedProps) {
  const change = totalChangeOf(response, metric);
  const measure = measureOf(response, metric);
  return (
    <div className="min-h-6 text-sm">
      {change && (
        <Tooltip
          content={
            <ChangeDetail
              response={response}
              change={change}
              measure={measure}
              precision={precision}
              warning={unequalPeriods(response)}
            />
          }
          side="bottom"
          align="start"
        >
          <button
            type="button"
            className="flex min-h-6 cursor-default flex-wrap items-center gap-x-1.5 rounded text-left whitespace-nowrap"
          >
            <ChangeBadge change={change} higherIsBetter={goodWay(response, metric)} />
            <span className="text-muted-foreground tabular-nums">
              {change.value === null
                ? "nothing before"
                : `from ${formatValue(change.value, measure, "compact")}`}
            </span>
          </button>
        </Tooltip>
      )}
    </div>
  );
}
