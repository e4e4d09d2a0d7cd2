import { useQuery } from "@tanstack/react-query";
import { ChartLine, Table2 } from "lucide-react";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { WidgetCard } from "@/components/widget-card";
import { BUCKET_TITLES } from "@/lib/metrics/buckets";
import { metricsQuery } from "@/lib/metrics/query";
import { granularitiesFor } from "@/lib/metrics/range";
import { granularityOf, isAllZero, measureOf } from "@/lib/metrics/response";
import { NothingSold } from "./nothing-sold";
import { outsideData } from "./outside-data";
import { Warnings } from "./warnings";
import { RevenueChart } from "./revenue-chart";
import { AOV, ORDERS, REVENUE } from "./revenue-series";
import type { OverviewSearch, OverviewView } from "./view";

interface RevenueCardProps {
  view: OverviewView;
  onSearch: (change: OverviewSearch) => void;
  onShowData: (() => void) | undefined;
}

export function RevenueCard({ view, onSearch, onShowData }: RevenueCardProps) {
  const query = useQuery(
    metricsQuery(view, { metrics: [REVENUE, ORDERS, AOV], granularity: view.granularity }),
  );
  const granularities = granularitiesFor(view.resolved);
  return (
    <WidgetCard
      title="Revenue over time"
      hint={(response) => {
        const size = `per ${granularityOf(response) ?? view.granularity}`;
        const { currency } = measureOf(response, REVENUE);
        return currency ? `${currency} ${size}` : size;
      }}
      query={query}
      flush
      skeleton={<Skeleton className="h-78 w-full sm:h-79" />}
      actions={
        <div className="flex flex-wrap items-center gap-2">
          {granularities.length > 1 && (
            <Segmented
              label="Points of the line"
              value={view.granularity}
              onChange={(by) => onSearch({ by })}
              options={granularities.map((value) => ({ value, title: BUCKET_TITLES[value] }))}
            />
          )}
          <Segmented
            label="Form"
            value={view.asTable ? "table" : "chart"}
            onChange={(form) => onSearch({ chart: form === "table" ? "table" : undefined })}
            options={[
              { value: "chart", title: <ChartLine aria-hidden />, label: "Show as chart" },
              { value: "table", title: <Table2 aria-hidden />, label: "Show as table" },
            ]}
          />
        </div>
      }
    >
      {(response) => (
        <>
          {isAllZero(response) ? (
            <NothingSold outside={outsideData(response.meta.range, view.data)} onShowData={onShowData} />
          ) : (
            <RevenueChart response={response} asTable={view.asTable} />
          )}
          <Warnings response={response} />
        </>
      )}
    </WidgetCard>
  );
}
