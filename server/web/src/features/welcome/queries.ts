import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { NewStore } from "@/lib/api/types";
import { isDone } from "./steps";

/** How often it is asked after data that are on their way. */
const POLL_MS = 2_000;

/** How far the organisation is, asked again while data are on their way. */
export const onboardingQuery = queryOptions({
  queryKey: ["onboarding"],
  queryFn: ({ signal }) => answer(api.GET("/api/onboarding", { signal })),
  refetchInterval: ({ state: { data } }) =>
    data && isDone(data, "data") && !isDone(data, "numbers") ? POLL_MS : false,
});

/** Says that the first steps are over. */
export function useFinish() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.PATCH("/api/onboarding", { body: { finished: true } })),
    onSuccess: (onboarding) => queries.setQueryData(onboardingQuery.queryKey, onboarding),
  });
}

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/workspaces", { signal }))).workspaces,
});

export function useCreateStore() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewStore) => answer(api.POST("/api/stores", { body })),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["stores"] }),
        queries.invalidateQueries({ queryKey: onboardingQuery.queryKey }),
      ]),
  });
}
