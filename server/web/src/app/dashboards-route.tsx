import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { sessionQuery } from "@/features/auth/session";
import { DashboardPage } from "@/features/dashboards/dashboard-page";
import { ListPage } from "@/features/dashboards/list-page";
import { NewPage } from "@/features/dashboards/new-page";
import { storesQuery } from "@/features/stores/queries";
import { Gallery } from "@/features/templates/gallery";
import type { DashboardSearch } from "@/lib/dashboards/view";
import { may } from "@/lib/permissions";
import { ToDashboard, ToDashboards, ToNewDashboard } from "./dashboard-links";
import { LeaveGuard } from "./leave-guard";

/** The pages of dashboards, wired to the address. */

function useOpen() {
  const navigate = useNavigate();
  return useCallback(
    (dashboardId: string, edit = false) =>
      void navigate({
        to: "/dashboards/$dashboardId",
        params: { dashboardId },
        search: edit ? { edit: true } : {},
      }),
    [navigate],
  );
}

export function DashboardListRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const search = useSearch({ from: "/signed-in/dashboards/" });
  const navigate = useNavigate({ from: "/dashboards/" });
  const open = useOpen();
  return (
    <ListPage
      session={session}
      search={search}
      onSearch={(change) =>
        void navigate({ search: (now) => ({ ...now, ...change }), replace: true, resetScroll: false })
      }
      newLink={(children) => <ToNewDashboard>{children}</ToNewDashboard>}
      onOpen={open}
      Link={ToDashboard}
    />
  );
}

export function NewDashboardRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const open = useOpen();
  return (
    <NewPage
      session={session}
      back={<ToDashboards />}
      gallery={(workspaces) => (
        <Gallery
          workspaces={workspaces}
          withEmpty
          // An empty page is there to be filled.
          onMade={({ id, widgets }) => open(id, widgets === 0)}
        />
      )}
    />
  );
}

export function DashboardRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: stores } = useSuspenseQuery(storesQuery);
  const { dashboardId } = useParams({ from: "/signed-in/dashboards/$dashboardId" });
  const search = useSearch({ from: "/signed-in/dashboards/$dashboardId" });
  const navigate = useNavigate();
  const go = useNavigate({ from: "/dashboards/$dashboardId" });
  const open = useOpen();
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
