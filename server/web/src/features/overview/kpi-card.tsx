import { useQuery } from "@tanstack/react-query";
import { ChangeBadge } from "@/components/change-badge";
import { Sparkline } from "@/components/charts";
import { Skeleton } from "@/components/ui/skeleton";
import { Tooltip } from "@/components/ui/tooltip";
import { WidgetCard } from "@/components/widget-card";
import type { QueryResponse } from "@/lib/api/types";
import { formatValue, toNumber, type Precision } from "@/lib/format/number";
import { metricsQuery } from "@/lib/metrics/query";
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
import { outsideData } from "./outside-data";
import type { OverviewView } from "./view";

interface KpiCardProps {
  view: OverviewView;
  metric: string;
  title: string;
  /** How the value is written where it is asked for. */
  precision?: Precision;
  /** Why there can be no value. */
  whyMissing: string;
}

export function KpiCard({ view, metric, title, precision = "exact", whyMissing }: KpiCardProps) {
  const query = useQuery(metricsQuery(view, { metrics: [metric], granularity: view.granularity }));
  return (
    <WidgetCard
      title={title}
      hint={(response) => measureOf(response, metric).currency}
      query={query}
      skeleton={<KpiSkeleton />}
      className="min-h-45"
    >
      {(response) => (
        <Kpi
          response={response}
          metric={metric}
          title={title}
          precision={precision}
          whyMissing={outsideData(response.meta.range, view.data) ?? whyMissing}
        />
      )}
    </WidgetCard>
  );
}

function KpiSkeleton() {
  return (
    <div className="flex flex-col">
      <Skeleton className="h-8 w-24 sm:w-28" />
      <Skeleton className="mt-2.5 h-4 w-full max-w-36" />
      <Skeleton className="mt-3.5 h-9 w-full" />
    </div>
  );
}

interface KpiProps {
  response: QueryResponse;
  metric: string;
  title: string;
  precision: Precision;
  whyMissing: string;
}

function Kpi({ response, metric, title, precision, whyMissing }: KpiProps) {
  const description = useMetricDescription(metric);
  const measure = measureOf(response, metric);
  const value = totalOf(response, metric);
  const change = totalChangeOf(response, metric);
  const lag = lagOf(response);
  const trend = response.rows.map((row) => toNumber(valueOf(row, metric)));
  const cut = new Set([...response.meta.incomplete, ...response.meta.clipped]);
  const partial = response.rows.map((row) => cut.has(String(row.time)));
  return (
    <>
      <div>
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
            className="cursor-default rounded text-2xl font-semibold tracking-tight tabular-nums"
          >
            {formatValue(value, measure, "compact")}
          </button>
        </Tooltip>
      </div>
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
      {lag && <AsOf lag={lag} timezone={response.meta.range.timezone} />}
      <Sparkline values={trend} partial={partial} label={`Trend of ${title}`} className="mt-auto pt-2" />
    </>
  );
}
