import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { NewInvites } from "@/lib/api/types";

export const invitesQuery = queryOptions({
  queryKey: ["invites"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/invites", { signal }))).invites,
});

function useReread() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: invitesQuery.queryKey });
}

export function useInvite() {
  return useMutation({
    mutationFn: async (body: NewInvites) => (await answer(api.POST("/api/invites", { body }))).results,
    onSuccess: useReread(),
  });
}

export function useResendInvite(id: string) {
  return useMutation({
    mutationFn: () => answer(api.POST("/api/invites/{id}/resend", { params: { path: { id } } })),
    onSettled: useReread(),
  });
}

export function useRevokeInvite(id: string) {
  const reread = useReread();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/invites/{id}", { params: { path: { id } } })),
    // Not waited for: the row goes with it, and with the row whoever waits for the answer.
    onSuccess: () => void reread(),
  });
}
