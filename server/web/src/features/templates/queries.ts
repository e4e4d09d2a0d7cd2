import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { TemplateChange } from "@/lib/api/types";
import { withDocument, type NewDashboard, type Template } from "@/lib/dashboards/document";

export interface Templates {
  builtIn: Template[];
  own: Template[];
}

export const templatesQuery = queryOptions({
  queryKey: ["templates"],
  queryFn: async ({ signal }): Promise<Templates> => {
    const { built_in, own } = await answer(api.GET("/api/templates", { signal }));
    return { builtIn: built_in.map(withDocument), own: own.map(withDocument) };
  },
  staleTime: 5 * 60_000,
});

/** Makes a dashboard, of a template or of nothing. */
export function useMakeDashboard() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: NewDashboard) =>
      withDocument(await answer(api.POST("/api/dashboards", { body }))),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["dashboards"] });
      return queries.invalidateQueries({ queryKey: ["onboarding"] });
    },
  });
}

function useReread() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: templatesQuery.queryKey });
}

export function useChangeTemplate(id: string) {
  return useMutation({
    mutationFn: (body: TemplateChange) =>
      answer(api.PUT("/api/templates/{id}", { params: { path: { id } }, body })),
    onSuccess: useReread(),
  });
}

export function useDeleteTemplate(id: string) {
  const reread = useReread();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/templates/{id}", { params: { path: { id } } })),
    // Not waited for: the card goes with it, and with the card whoever waits for the answer.
    onSuccess: () => void reread(),
  });
}
