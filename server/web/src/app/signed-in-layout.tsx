import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { LayoutDashboard, Store as StoreIcon } from "lucide-react";
import { useMemo } from "react";
import { CommandCenter } from "@/components/command/command-center";
import { useCommands, type Command } from "@/components/command/commands";
import { storesQuery } from "@/features/stores/queries";
import { dashboardsQuery } from "@/lib/dashboards/queries";
import { lastStore } from "@/lib/last-store";
import { useOwnBrand } from "./use-own-brand";

/** What is there on every page for who is signed in: the keys, and the palette with a way to everything. */
export function SignedInLayout() {
  useOwnBrand();
  return (
    <CommandCenter whileOpen={<Places />}>
      <PageKeys />
      <Outlet />
    </CommandCenter>
  );
}

/** The ways to the pages, by keys and by name. */
function PageKeys() {
  const navigate = useNavigate();
  const { data: stores } = useSuspenseQuery(storesQuery);
  const store = stores.find(({ id }) => id === lastStore()) ?? stores[0];
  const storeId = store?.id;
  const several = stores.length > 1;
  const commands = useMemo<Command[]>(() => {
    const group = "Go to";
    const all: Command[] = [
      {
        id: "go-dashboards",
        title: "Dashboards",
        group,
        keys: "g d",
        run: () => void navigate({ to: "/dashboards" }),
      },
    ];
    if (storeId !== undefined) {
      const params = { storeId };
      all.push(
        {
          id: "go-overview",
          title: "Overview",
          group,
          keys: "g o",
          run: () => void navigate({ to: "/stores/$storeId", params }),
        },
        {
          id: "go-imports",
          title: "Imports",
          group,
          run: () => void navigate({ to: "/stores/$storeId/imports", params }),
        },
        {
          id: "go-connections",
          title: "Connections",
          group,
          words: "sources",
          run: () => void navigate({ to: "/connections", search: { store: storeId } }),
        },
      );
    }
    if (several) {
      all.push({
        id: "go-portfolio",
        title: "Portfolio",
        group,
        keys: "g p",
        words: "all stores agency",
        run: () => void navigate({ to: "/portfolio" }),
      });
    }
    all.push(
      {
        id: "new-dashboard",
        title: "New dashboard",
        group: "Do",
        words: "create make template",
        run: () => void navigate({ to: "/dashboards/new" }),
      },
      { id: "go-settings", title: "Settings", group, run: () => void navigate({ to: "/settings" }) },
    );
    return all;
  }, [navigate, storeId, several]);
  useCommands(commands);
  return null;
}

/** The ways to every dashboard and every store, while somebody looks for one. */
function Places() {
  const navigate = useNavigate();
  const { data: dashboards } = useQuery(dashboardsQuery);
  const { data: stores } = useSuspenseQuery(storesQuery);
  const commands = useMemo<Command[]>(() => {
    const several = new Set(dashboards?.map(({ workspace_id }) => workspace_id)).size > 1;
    const workspaceOf = (id: string) => stores.find(({ workspace }) => workspace.id === id)?.workspace.name;
    return [
      ...(dashboards ?? []).map((dashboard) => ({
        id: `dashboard-${dashboard.id}`,
        title: dashboard.name,
        group: "Dashboards",
        hint: several ? workspaceOf(dashboard.workspace_id) : undefined,
        words: dashboard.description,
        icon: <LayoutDashboard aria-hidden />,
        run: () => void navigate({ to: "/dashboards/$dashboardId", params: { dashboardId: dashboard.id } }),
      })),
      ...stores.map((store) => ({
        id: `store-${store.id}`,
        title: store.name,
        group: "Stores",
        hint: store.workspace.name,
        icon: <StoreIcon aria-hidden />,
        run: () => void navigate({ to: "/stores/$storeId", params: { storeId: store.id } }),
      })),
    ];
  }, [navigate, dashboards, stores]);
  useCommands(commands);
  return null;
}
