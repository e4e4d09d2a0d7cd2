import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => answer(api.GET("/api/session", { signal })),
  staleTime: 5 * 60_000,
  meta: { mayBeUnauthenticated: true },
});

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; password: string }) =>
      answer(api.POST("/api/auth/sign-in", { body })),
    onSuccess: (session) => {
      // Nothing that somebody else has looked at in this browser may remain.
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
    },
  });
}

export function useSignOut() {
  return useMutation({ mutationFn: () => answer(api.POST("/api/auth/sign-out")) });
}
