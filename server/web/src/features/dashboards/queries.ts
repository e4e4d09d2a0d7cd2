import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { DashboardSummary, NewTemplate, SavedView, SavedViewChange } from "@/lib/api/types";
import {
  withDocument,
  type Dashboard,
  type DashboardChange,
  type NewDashboard,
} from "@/lib/dashboards/document";
import { dashboardKeys, etagOf } from "@/lib/dashboards/queries";

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/workspaces", { signal }))).workspaces,
});

/** Who belongs to the organisation, and in which workspaces they work. */
export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/members", { signal }))).members,
});

type Named = Pick<DashboardSummary, "id">;

function pathOf({ id }: Named) {
  return { path: { id } };
}

/**
 * Puts in what the server has answered, and has the list read again. What was asked before is not waited for: it may tell what was
 * there before the change.
 */
export function keepDashboard(queries: QueryClient, dashboard: Dashboard): void {
  void queries.cancelQueries({ queryKey: dashboardKeys.one(dashboard.id), exact: true });
  queries.setQueryData(dashboardKeys.one(dashboard.id), dashboard);
  void queries.invalidateQueries({ queryKey: dashboardKeys.list });
}

export function useCreateDashboard() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: NewDashboard) =>
      withDocument(await answer(api.POST("/api/dashboards", { body }))),
    onSuccess: (dashboard) => keepDashboard(queries, dashboard),
  });
}

export async function saveDashboard(id: string, body: DashboardChange, ifMatch: string): Promise<Dashboard> {
  const params = { path: { id }, header: { "If-Match": ifMatch } };
  return withDocument(await answer(api.PUT("/api/dashboards/{id}", { params, body })));
}

/** Changes what is not drawn, such as who sees it, over what was seen. */
export function useChangeDashboard(dashboard: Dashboard) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (parts: Partial<Pick<DashboardChange, "name" | "description" | "visibility">>) => {
      const { name, description, visibility, document } = dashboard;
      const body = { name, description, visibility, document, ...parts };
      return saveDashboard(dashboard.id, body, etagOf(dashboard));
    },
    onSuccess: (changed) => keepDashboard(queries, changed),
    onError: () => void queries.invalidateQueries({ queryKey: dashboardKeys.one(dashboard.id) }),
  });
}

export function useDeleteDashboard(dashboard: Pick<DashboardSummary, "id" | "revision">) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => {
      const params = { ...pathOf(dashboard), header: { "If-Match": etagOf(dashboard) } };
      return answer(api.DELETE("/api/dashboards/{id}", { params }));
    },
    onSuccess: () => {
      // Whoever comes back to it asks again; the page that is just being left does not.
      void queries.invalidateQueries({ queryKey: dashboardKeys.one(dashboard.id), refetchType: "none" });
      // Not waited for: the row goes with it, and with the row whoever waits for the answer.
      void queries.invalidateQueries({ queryKey: dashboardKeys.list });
    },
    onError: () => void queries.invalidateQueries({ queryKey: dashboardKeys.list }),
  });
}

export function historyQuery(dashboardId: string) {
  return infiniteQueryOptions({
    queryKey: [...dashboardKeys.one(dashboardId), "history"],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 25, ...(pageParam !== null && { cursor: pageParam }) };
      const params = { path: { id: dashboardId }, query };
      return answer(api.GET("/api/dashboards/{id}/history", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    select: (data) => data.pages.flatMap((page) => page.revisions),
    staleTime: 0,
  });
}

export function revisionQuery(dashboardId: string, revisionId: string) {
  return queryOptions({
    queryKey: [...dashboardKeys.one(dashboardId), "history", revisionId],
    queryFn: async ({ signal }) => {
      const params = { path: { id: dashboardId, revision_id: revisionId } };
      return withDocument(
        await answer(api.GET("/api/dashboards/{id}/history/{revision_id}", { params, signal })),
      );
    },
  });
}

export function useRestore(dashboard: Dashboard) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (revision_id: string) => {
      const params = { ...pathOf(dashboard), header: { "If-Match": etagOf(dashboard) } };
      return withDocument(
        await answer(api.POST("/api/dashboards/{id}/restore", { params, body: { revision_id } })),
      );
    },
    onSuccess: (restored) => keepDashboard(queries, restored),
    onError: () => void queries.invalidateQueries({ queryKey: dashboardKeys.one(dashboard.id) }),
  });
}

export function viewsQuery(dashboardId: string) {
  return queryOptions({
    queryKey: [...dashboardKeys.one(dashboardId), "views"],
    queryFn: async ({ signal }) => {
      const params = { path: { id: dashboardId } };
      return (await answer(api.GET("/api/dashboards/{id}/views", { params, signal }))).views;
    },
  });
}

function useRereadViews(dashboardId: string) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: viewsQuery(dashboardId).queryKey });
}

/** Saves a view: a new one, or in the place of one that there is. */
export function useSaveView(dashboardId: string) {
  return useMutation({
    mutationFn: ({ id, body }: { id: string | null; body: SavedViewChange }): Promise<SavedView> =>
      id === null
        ? answer(api.POST("/api/dashboards/{id}/views", { params: { path: { id: dashboardId } }, body }))
        : answer(
            api.PUT("/api/dashboards/{id}/views/{view_id}", {
              params: { path: { id: dashboardId, view_id: id } },
              body,
            }),
          ),
    onSuccess: useRereadViews(dashboardId),
  });
}

export function useDeleteView(dashboardId: string) {
  return useMutation({
    mutationFn: (view_id: string) =>
      answer(
        api.DELETE("/api/dashboards/{id}/views/{view_id}", {
          params: { path: { id: dashboardId, view_id } },
        }),
      ),
    onSuccess: useRereadViews(dashboardId),
  });
}

export function useSaveTemplate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewTemplate) => answer(api.POST("/api/templates", { body })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["templates"] }),
  });
}
