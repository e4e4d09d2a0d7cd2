import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "@/components/ui/skeleton";
import { WidgetCard } from "@/components/widget-card";
import { formatCount } from "@/lib/format/number";
import { metricsQuery } from "@/lib/metrics/query";
import { ProductsTable } from "./products-table";
import { PRODUCT_REVENUE, productOrder, UNITS } from "./products-order";
import type { OverviewSearch, OverviewView } from "./view";

const SHOWN = 10;

interface ProductsCardProps {
  view: OverviewView;
  currency: string;
  onSearch: (change: OverviewSearch) => void;
}

export function ProductsCard({ view, currency, onSearch }: ProductsCardProps) {
  const query = useQuery(
    metricsQuery(view, {
      metrics: [PRODUCT_REVENUE, UNITS],
      groupBy: ["product"],
      orderBy: productOrder(view.sort),
      limit: SHOWN,
    }),
  );
  const total = query.data?.total_rows ?? 0;
  return (
    <WidgetCard
      title="Top products"
      hint={total > SHOWN ? `${SHOWN} of ${formatCount(total)}` : undefined}
      query={query}
      flush
      skeleton={<ProductsSkeleton />}
    >
      {(response) => (
        <ProductsTable
          response={response}
          sort={view.sort}
          currency={currency}
          onSort={(sort) => onSearch({ sort: sort === "-revenue" ? undefined : sort })}
        />
      )}
    </WidgetCard>
  );
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
