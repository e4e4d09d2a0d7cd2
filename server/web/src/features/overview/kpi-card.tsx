import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "@/components/ui/skeleton";
import { WidgetCard } from "@/components/widget-card";
import { KpiFigure } from "@/components/widgets/kpi-figure";
import type { Precision } from "@/lib/format/number";
import { metricsQuery } from "@/lib/metrics/query";
import { measureOf } from "@/lib/metrics/response";
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
        <KpiFigure
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
