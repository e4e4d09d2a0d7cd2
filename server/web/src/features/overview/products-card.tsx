import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "@/components/ui/skeleton";
import { WidgetCard } from "@/components/widget-card";
import type { QueryResponse } from "@/lib/api/types";
import { formatCount } from "@/lib/format/number";
import { metricsQuery } from "@/lib/metrics/query";
import { measureOf } from "@/lib/metrics/response";
import { outsideData } from "./outside-data";
import { ProductsTable } from "./products-table";
import { PRODUCT_REVENUE, productOrder, UNITS } from "./products-order";
import type { OverviewSearch, OverviewView } from "./view";

const SHOWN = 10;

interface ProductsCardProps {
  view: OverviewView;
  onSearch: (change: OverviewSearch) => void;
}

export function ProductsCard({ view, onSearch }: ProductsCardProps) {
  const query = useQuery(
    metricsQuery(view, {
      metrics: [PRODUCT_REVENUE, UNITS],
      groupBy: ["product"],
      orderBy: productOrder(view.sort),
      limit: SHOWN,
    }),
  );
  return (
    <WidgetCard title="Top products" hint={hintOf} query={query} flush skeleton={<ProductsSkeleton />}>
      {(response) => (
        <ProductsTable
          response={response}
          sort={view.sort}
          outside={outsideData(response.meta.range, view.data)}
          onSort={(sort) => onSearch({ sort: sort === "-revenue" ? undefined : sort })}
        />
      )}
    </WidgetCard>
  );
}

/** The currency, and how many of all products are shown. */
function hintOf(response: QueryResponse): string {
  const part = response.total_rows > SHOWN ? `${SHOWN} of ${formatCount(response.total_rows)}` : null;
  return [measureOf(response, PRODUCT_REVENUE).currency, part].filter(Boolean).join(" · ");
}

function ProductsSkeleton() {
  return (
    <div className="flex flex-col gap-4 pt-2 pb-3">
      {Array.from({ length: SHOWN }, (_, index) => (
        <Skeleton key={index} className="h-6 w-full" />
      ))}
    </div>
  );
}
