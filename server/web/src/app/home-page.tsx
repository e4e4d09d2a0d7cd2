import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { sessionQuery } from "@/features/auth/session";
import { storesQuery } from "@/features/stores/queries";
import { onboardingQuery } from "@/features/welcome/queries";
import { isOpen } from "@/features/welcome/steps";
import type { Store } from "@/lib/api/types";
import { lastDashboard } from "@/lib/last-dashboard";
import { lastStore } from "@/lib/last-store";
import { may } from "@/lib/permissions";
import { dashboardAddress } from "./addresses";
import { NoStore } from "./no-store";
import { PagePending } from "./page-states";

/** The dashboard that was looked at last, else the first steps, where they are not over, else a store. */
export function HomePage() {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const { data: session } = useSuspenseQuery(sessionQuery);
  const dashboard = lastDashboard();
  if (dashboard !== null) return <Navigate to="/" href={dashboardAddress(dashboard)} replace />;
  if (may(session, "manage_workspaces")) return <Beginning stores={stores} />;
  return <UsualStore stores={stores} />;
}

/** For who can make the first steps, unless they were made or somebody said that they are over. */
function Beginning({ stores }: { stores: Store[] }) {
  const { data: onboarding, isPending } = useQuery(onboardingQuery);
  if (isPending) return <PagePending />;
  // Where it is not known how far they are, what there is is shown.
  if (onboarding && isOpen(onboarding)) return <Navigate to="/welcome" replace />;
  return <UsualStore stores={stores} />;
}

/** The store that was looked at last, or the first. */
function UsualStore({ stores }: { stores: Store[] }) {
  const store = stores.find(({ id }) => id === lastStore()) ?? stores[0];
  if (store) return <Navigate to="/stores/$storeId" params={{ storeId: store.id }} replace />;
  return <NoStore />;
}
