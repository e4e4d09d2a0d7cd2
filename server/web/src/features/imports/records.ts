import type { Import } from "@/lib/api/types";

/** What the counts of an import count; a file's rows are something else: an order has a row for each of its items. */
export const RECORDS: Record<Import["kind"], string> = {
  shopify_orders: "orders, customers, products and refunds",
  metric_events: "measurements",
  fx_rates: "rates",
};

/** How many records an import has changed; none when all that is in the file was known. */
export function changedRecords({ counts }: Pick<Import, "counts">): number {
  return counts.new + counts.updated;
}
