import { useSuspenseQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { LogoMark } from "@/components/logo";
import { EmptyState } from "@/components/ui/states";
import { storesQuery } from "@/features/stores/queries";
import { lastStore } from "@/lib/last-store";

/** The store that was looked at last, or the first. */
export function HomePage() {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const store = stores.find(({ id }) => id === lastStore()) ?? stores[0];
  if (store) return <Navigate to="/stores/$storeId" params={{ storeId: store.id }} replace />;
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center">
      <LogoMark />
      <EmptyState title="There is no store yet">
        Whoever runs this server adds the first one. It will be here when the page is loaded again.
      </EmptyState>
    </main>
  );
}
