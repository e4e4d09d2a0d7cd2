import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import { withDocument, type Dashboard } from "./document";

export const dashboardKeys = {
  all: ["dashboards"] as const,
  list: ["dashboards", "list"] as const,
  one: (id: string) => ["dashboards", "one", id] as const,
};

/** Every dashboard that one may see, by name. */
export const dashboardsQuery = queryOptions({
  queryKey: dashboardKeys.list,
  queryFn: async ({ signal }) => (await answer(api.GET("/api/dashboards", { signal }))).dashboards,
});

export async function loadDashboard(id: string, signal?: AbortSignal): Promise<Dashboard> {
  const call = api.GET("/api/dashboards/{id}", { params: { path: { id } }, ...(signal && { signal }) });
  return withDocument(await answer(call));
}

export function dashboardQuery(id: string) {
  return queryOptions({
    queryKey: dashboardKeys.one(id),
    queryFn: ({ signal }) => loadDashboard(id, signal),
  });
}

/** The name of what was loaded, by which a change says what it changes. */
export function etagOf({ revision }: Pick<Dashboard, "revision">): string {
  return `"r${revision}"`;
}
