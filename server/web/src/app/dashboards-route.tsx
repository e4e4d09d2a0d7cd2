import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { sessionQuery } from "@/features/auth/session";
import { ListPage } from "@/features/dashboards/list-page";
import { NewPage } from "@/features/dashboards/new-page";
import { Gallery } from "@/features/templates/gallery";
import { ToDashboard, ToDashboards, ToNewDashboard } from "./dashboard-links";
import { useOpenDashboard } from "./use-open-dashboard";

/** The list of dashboards, and where one is made, wired to the address. */

export function DashboardListRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const search = useSearch({ from: "/signed-in/dashboards/" });
  const navigate = useNavigate({ from: "/dashboards/" });
  const open = useOpenDashboard();
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
  const open = useOpenDashboard();
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
