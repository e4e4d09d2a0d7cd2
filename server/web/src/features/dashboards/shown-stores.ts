import type { Store } from "@/lib/api/types";
import type { DashboardDocument, DashboardView } from "@/lib/dashboards/document";

/** The stores that any of a dashboard's widgets shows: those that are looked at, and those that widgets have of their own. */
export function shownStores(
  document: DashboardDocument,
  view: Pick<DashboardView, "stores">,
  stores: readonly Pick<Store, "id">[],
): string[] {
  const own = document.sections.flatMap(({ widgets }) =>
    widgets.flatMap((widget) => widget.own.stores ?? []),
  );
  const named = new Set([...view.stores, ...own]);
  // A widget may name a store that is gone, or that one does not see.
  return stores.map(({ id }) => id).filter((id) => named.has(id));
}
