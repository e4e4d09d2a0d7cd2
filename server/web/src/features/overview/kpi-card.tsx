import { useQuery } from "@tanstack/react-query";
import { ChangeBadge } from "@/components/change-badge";
import { Sparkline } from "@/components/charts";
import { Skeleton } from "@/components/ui/skeleton";
import { Tooltip } from "@/components/ui/tooltip";
import { WidgetCard } from "@/components/widget-card";
import type { QueryResponse } from "@/lib/api/types";
import { formatInstant } from "@/lib/format/date";
import { formatValue, toNumber, type Measure } from "@/lib/format/number";
import { metricsQuery } from "@/lib/metrics/query";
import {
  columnOf,
  laggingSince,
  totalChangeOf,
  totalOf,
  unequalPeriods,
  valueOf,
} from "@/lib/metrics/response";
import { ChangeDetail } from "./change-detail";
import type { OverviewView } from "./view";

interface KpiCardProps {
  view: OverviewView;
  metric: string;
  title: string;
  /** Shown until the answer names its own. */
  currency?: string;
  /** Why there can be no value. */
  whyMissing: string;
}

export function KpiCard({ view, metric, title, currency, whyMissing }: KpiCardProps) {
  const query = useQuery(metricsQuery(view, { metrics: [metric], granularity: view.granularity }));
  return (
    <WidgetCard title={title} hint={currency} query={query} skeleton={<KpiSkeleton />} className="min-h-45">
      {(response) => <Kpi response={response} metric={metric} title={title} whyMissing={whyMissing} />}
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
  whyMissing: string;
}

function Kpi({ response, metric, title, whyMissing }: KpiProps) {
  const column = columnOf(response, metric);
  const measure: Measure = { unit: column?.unit, currency: column?.currency };
  const value = totalOf(response, metric);
  const change = totalChangeOf(response, metric);
  const unequal = unequalPeriods(response);
  const lagging = laggingSince(response);
  const trend = response.rows.map((row) => toNumber(valueOf(row, metric)));
  const cut = new Set([...response.meta.incomplete, ...response.meta.clipped]);
  const partial = response.rows.map((row) => cut.has(String(row.time)));
  return (
    <>
      <div>
        <Tooltip
          content={value === null ? whyMissing : formatValue(value, measure)}
          side="bottom"
          className="tabular-nums"
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
            content={<ChangeDetail response={response} change={change} measure={measure} warning={unequal} />}
            side="bottom"
          >
            <button
              type="button"
              className="flex min-h-6 cursor-default flex-wrap items-center gap-x-1.5 rounded text-left whitespace-nowrap"
            >
              <ChangeBadge
                change={change}
                higherIsBetter={unequal ? null : (column?.higher_is_better ?? null)}
              />
              <span className="text-muted-foreground tabular-nums">
                {change.value === null
                  ? "nothing before"
                  : `from ${formatValue(change.value, measure, "compact")}`}
              </span>
            </button>
          </Tooltip>
        )}
      </div>
      {lagging && (
        <p className="mt-0.5 text-sm text-warn">
          as of {formatInstant(lagging, response.meta.range.timezone)}
        </p>
      )}
      <Sparkline values={trend} partial={partial} label={`Trend of ${title}`} className="mt-auto pt-2" />
    </>
  );
}
