import { queryOptions, useMutation } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Shared } from "@/lib/api/types";
import { registryQuery } from "@/lib/metrics/registry";
import { asked, type Visit } from "./visit";

/** What a link shows. Asking is looking: it is counted, and so it is asked once, and once more only where it has changed. */
export function sharedQuery(visit: Visit) {
  return queryOptions<Shared>({
    queryKey: ["shared", visit],
    queryFn: async ({ client, signal }) => {
      // The client takes a value that is a text or an object apart, as if texts were objects, and so does not know it again.
      const again = client.getQueryData(["shared", visit]) !== undefined;
      const params = { query: { ...(again && { again }) } };
      const told: unknown = await answer(api.GET("/api/shared", { ...asked(visit), params, signal }));
      const shared = told as Shared;
      // Widgets look up what their figures are, which who has a link may not ask for.
      if (shared.dashboard) client.setQueryData(registryQuery.queryKey, shared.dashboard.registry);
      return shared;
    },
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

export function useUnlock(visit: Visit) {
  return useMutation({
    mutationFn: (password: string) =>
      answer(api.POST("/api/shared/unlock", { ...asked({ ...visit, ticket: null }), body: { password } })),
    // It is a secret: nothing of it stays when the form is gone.
    gcTime: 0,
  });
}
