import { useSuspenseQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/states";
import { sessionQuery } from "@/features/auth/session";
import { storesQuery } from "@/features/stores/queries";
import { lastStore } from "@/lib/last-store";
import { may } from "@/lib/permissions";
import { Bar } from "./header";

/** The store that was looked at last, or the first. */
export function HomePage() {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const { data: session } = useSuspenseQuery(sessionQuery);
  const store = stores.find(({ id }) => id === lastStore()) ?? stores[0];
  if (store) return <Navigate to="/stores/$storeId" params={{ storeId: store.id }} replace />;
  return (
    <>
      <Bar />
      <main className="flex min-h-[80dvh] flex-col items-center justify-center">
        <h1 className="sr-only">Stores</h1>
        {/* Who manages members sees every store there is; anybody else those of their workspaces. */}
        {may(session, "manage_members") ? (
          <EmptyState title="There is no store yet">
            Whoever runs this server adds the first one. It will be here when the page is loaded again.
          </EmptyState>
        ) : (
          <EmptyState title="You see no store yet">
            Ask an admin of {session.organization.name} to add you to a workspace. Its stores will be here
            when the page is loaded again.
          </EmptyState>
        )}
      </main>
    </>
  );
}
