import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Member, OrgRole, WorkspaceRole } from "@/lib/api/types";

export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/members", { signal }))).members,
});

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/workspaces", { signal }))).workspaces,
});

/** Access is shown as the server has it: each change is under way until the list has been read again. */
function useReread() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: membersQuery.queryKey });
}

export function useChangeRole({ user_id }: Member) {
  return useMutation({
    mutationFn: (role: OrgRole) =>
      answer(api.PATCH("/api/members/{user_id}", { params: { path: { user_id } }, body: { role } })),
    onSettled: useReread(),
  });
}

export function useRemoveMember({ user_id }: Member) {
  const reread = useReread();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/members/{user_id}", { params: { path: { user_id } } })),
    // Not waited for: the row goes with it, and with the row whoever waits for the answer.
    onSuccess: () => void reread(),
  });
}

/** The list is not read again: whoever has left may not read it. */
export function useLeave({ user_id }: Member) {
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/members/{user_id}", { params: { path: { user_id } } })),
  });
}

export function useHandOver({ user_id }: Member) {
  return useMutation({
    mutationFn: () => answer(api.POST("/api/members/{user_id}/ownership", { params: { path: { user_id } } })),
    onSuccess: useReread(),
  });
}

/** Gives somebody a role in a workspace; with null takes them out of it. */
export function useSetWorkspaceRole({ user_id }: Member, id: string) {
  const params = { path: { id, user_id } };
  return useMutation({
    mutationFn: (role: WorkspaceRole | null) =>
      answer<unknown>(
        role === null
          ? api.DELETE("/api/workspaces/{id}/members/{user_id}", { params })
          : api.PUT("/api/workspaces/{id}/members/{user_id}", { params, body: { role } }),
      ),
    onSettled: useReread(),
  });
}
