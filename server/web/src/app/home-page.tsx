import { useSuspenseQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/states";
import { storesQuery } from "@/features/stores/queries";
import { lastStore } from "@/lib/last-store";
import { Bar } from "./header";

/** The store that was looked at last, or the first. */
export function HomePage() {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const store = stores.find(({ id }) => id === lastStore()) ?? stores[0];
  if (store) return <Navigate to="/stores/$storeId" params={{ storeId: store.id }} replace />;
  return (
    <>
      <Bar />
      <main className="flex min-h-[80dvh] flex-col items-center justify-center">
        <h1 className="sr-only">Stores</h1>
        <EmptyState title="There is no store yet">
          Whoever runs this server adds the first one. It will be here when the page is loaded again.
        </EmptyState>
      </main>
    </>
  );
}
