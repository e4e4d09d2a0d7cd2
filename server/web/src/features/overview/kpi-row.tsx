import { KpiCard } from "./kpi-card";
import type { OverviewView } from "./view";

const NOTHING = "Nothing was measured in these days.";

export function KpiRow({ view }: { view: OverviewView }) {
  return (
    <div className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
      <KpiCard view={view} metric="shopify.revenue" title="Revenue" whyMissing={NOTHING} />
      <KpiCard view={view} metric="shopify.orders" title="Orders" whyMissing={NOTHING} />
      <KpiCard
        view={view}
        metric="shopify.aov"
        title="Average order"
        precision="currency"
        whyMissing="There were no orders in these days to take an average of."
      />
      <KpiCard view={view} metric="shopify.customers" title="Customers" whyMissing={NOTHING} />
    </div>
  );
}
