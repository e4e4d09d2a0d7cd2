import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { NewApiKey } from "@/lib/api/types";

export const apiKeysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: ({ signal }) => answer(api.GET("/api/api-keys", { signal })),
});

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/workspaces", { signal }))).workspaces,
});

export function useCreateKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewApiKey) => answer(api.POST("/api/api-keys", { body })),
    // Not waited for: the token is to be seen at once.
    onSuccess: () => void queries.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
    // It is a secret: nothing of it stays when the dialog is gone.
    gcTime: 0,
  });
}

export function useRevokeKey(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/api-keys/{id}", { params: { path: { id } } })),
    // Not waited for: the row goes with it, and with the row whoever waits for the answer.
    onSuccess: () => void queries.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  });
}
