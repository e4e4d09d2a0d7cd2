import { KpiCard } from "./kpi-card";
import type { OverviewView } from "./view";

interface KpiRowProps {
  view: OverviewView;
  currency: string;
}

export function KpiRow({ view, currency }: KpiRowProps) {
  return (
    <div className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
      <KpiCard
        view={view}
        metric="shopify.revenue"
        title="Revenue"
        currency={currency}
        whyMissing="Nothing was measured in these days."
      />
      <KpiCard
        view={view}
        metric="shopify.orders"
        title="Orders"
        whyMissing="Nothing was measured in these days."
      />
      <KpiCard
        view={view}
        metric="shopify.aov"
        title="Average order"
        currency={currency}
        whyMissing="There were no orders in these days to take an average of."
      />
      <KpiCard
        view={view}
        metric="shopify.customers"
        title="Customers"
        whyMissing="Nothing was measured in these days."
      />
    </div>
  );
}
