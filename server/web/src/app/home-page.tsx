import { useSuspenseQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { storesQuery } from "@/features/stores/queries";
import { lastStore } from "@/lib/last-store";
import { NoStore } from "./no-store";

/** The store that was looked at last, or the first. */
export function HomePage() {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const store = stores.find(({ id }) => id === lastStore()) ?? stores[0];
  if (store) return <Navigate to="/stores/$storeId" params={{ storeId: store.id }} replace />;
  return <NoStore />;
}
