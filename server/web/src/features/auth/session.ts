import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => answer(api.GET("/api/session", { signal })),
  staleTime: 5 * 60_000,
  meta: { mayBeUnauthenticated: true },
});

export function useSignOut() {
  return useMutation({ mutationFn: () => answer(api.POST("/api/auth/sign-out")) });
}

export const organizationsQuery = queryOptions({
  queryKey: ["organizations"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/orgs", { signal }))).organizations,
  staleTime: 5 * 60_000,
});

/** Goes on in another organisation. */
export function useEnterOrganization() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.POST("/api/orgs/{id}/enter", { params: { path: { id } } })),
    // Nothing of the organisation that was left may be shown in the other.
    onSuccess: () => queries.clear(),
  });
}
