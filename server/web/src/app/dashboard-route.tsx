import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { sessionQuery } from "@/features/auth/session";
import { DashboardPage } from "@/features/dashboards/dashboard-page";
import { storesQuery } from "@/features/stores/queries";
import type { DashboardSearch } from "@/lib/dashboards/view";
import { may } from "@/lib/permissions";
import { LeaveGuard } from "./leave-guard";
import { useOpenDashboard } from "./use-open-dashboard";

/** One dashboard, wired to the address. */
export function DashboardRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: stores } = useSuspenseQuery(storesQuery);
  const { dashboardId } = useParams({ from: "/signed-in/dashboards/$dashboardId" });
  const search = useSearch({ from: "/signed-in/dashboards/$dashboardId" });
  const navigate = useNavigate();
  const go = useNavigate({ from: "/dashboards/$dashboardId" });
  const open = useOpenDashboard();
  const onSearch = useCallback(
    (change: DashboardSearch, replace = false) =>
      void go({ search: (now) => ({ ...now, ...change }), replace, resetScroll: false }),
    [go],
  );
  const onConnect = useCallback(
    (store: string) => void navigate({ to: "/connections", search: { store } }),
    [navigate],
  );
  return (
    <DashboardPage
      key={dashboardId}
      id={dashboardId}
      stores={stores}
      search={search}
      onSearch={onSearch}
      onOpen={open}
      onList={() => void navigate({ to: "/dashboards", replace: true })}
      onConnect={may(session, "manage_connections") ? onConnect : undefined}
      Guard={LeaveGuard}
    />
  );
}
