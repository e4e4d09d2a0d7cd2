import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { ShareChange, Sharing } from "@/lib/api/types";

const sharesKey = ["shares"] as const;

/** The links to a dashboard that one sees: one's own, and everybody's for admins. */
export function sharesQuery(dashboardId: string) {
  return queryOptions({
    queryKey: sharesKey,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/shares", { signal }))).shares,
    select: (shares) => shares.filter(({ dashboard }) => dashboard?.id === dashboardId),
    // How often it was opened is wanted as it is now.
    staleTime: 0,
  });
}

function useReread() {
  const queries = useQueryClient();
  // Not waited for: what was done is seen at once.
  return () => void queries.invalidateQueries({ queryKey: sharesKey });
}

export function useCreateShare() {
  return useMutation({
    mutationFn: (body: Sharing) => answer(api.POST("/api/shares", { body })),
    onSuccess: useReread(),
    // Its token is a secret: nothing of it stays when the dialog is gone.
    gcTime: 0,
  });
}

export function useChangeShare(id: string) {
  return useMutation({
    mutationFn: (body: ShareChange) =>
      answer(api.PATCH("/api/shares/{id}", { params: { path: { id } }, body })),
    onSuccess: useReread(),
    gcTime: 0,
  });
}

export function useRevokeShare(id: string) {
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/shares/{id}", { params: { path: { id } } })),
    onSuccess: useReread(),
  });
}
