import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { ApiError } from "@/lib/api/error";
import type { Store } from "@/lib/api/types";
import { dashboardQuery } from "@/lib/dashboards/queries";
import type { DashboardSearch } from "@/lib/dashboards/view";
import { forgetDashboard, rememberDashboard } from "@/lib/last-dashboard";
import { usePageTitle } from "@/lib/page-title";
import { DashboardSkeleton } from "./dashboard-skeleton";
import { DashboardShown } from "./dashboard-shown";
import type { LeaveGuard } from "./guard";

export interface DashboardPageProps {
  id: string;
  /** Every store that one sees. */
  stores: readonly Store[];
  search: DashboardSearch;
  /** Changes part of the address; what is set to undefined leaves it. */
  onSearch: (change: DashboardSearch, replace?: boolean) => void;
  /** Goes to another dashboard. */
  onOpen: (id: string, edit?: boolean) => void;
  /** Goes to the list of all. */
  onList: () => void;
  /** To the page on which sources are connected to a store; missing where one may not. */
  onConnect?: ((storeId: string) => void) | undefined;
  /** Asks before the page is left while something would be lost. */
  Guard: LeaveGuard;
}

/** One dashboard. */
export function DashboardPage(props: DashboardPageProps) {
  const { id, stores, onList } = props;
  const query = useQuery(dashboardQuery(id));
  const { data: dashboard, error } = query;
  const gone = error instanceof ApiError && error.status === 404;
  const workspaceId = dashboard?.workspace_id;
  // The same list as long as it has the same stores: much is worked out from it.
  const own = useMemo(
    () => stores.filter(({ workspace }) => workspace.id === workspaceId),
    [stores, workspaceId],
  );
  usePageTitle(dashboard?.name ?? "Dashboard", "Dashboards");

  useEffect(() => {
    if (gone) forgetDashboard(id);
    else if (dashboard) rememberDashboard(id);
  }, [gone, dashboard, id]);

  if (gone) {
    return (
      <Card>
        <h1 className="sr-only">Dashboard</h1>
        <EmptyState
          title="This dashboard is not there"
          className="py-20"
          action={<Button onClick={onList}>See all dashboards</Button>}
        >
          It was deleted, or whoever made it keeps it to themselves.
        </EmptyState>
      </Card>
    );
  }
  if (dashboard) {
    return <DashboardShown key={dashboard.id} {...props} dashboard={dashboard} stores={own} stale={query} />;
  }
  if (error) {
    return (
      <Card>
        <h1 className="sr-only">Dashboard</h1>
        <ErrorState
          title="The dashboard could not be loaded"
          error={error}
          onRetry={() => void query.refetch()}
          className="p-5"
        />
      </Card>
    );
  }
  return <DashboardSkeleton />;
}
