import { hashKey, type QueryClient } from "@tanstack/react-query";
import { methodsQuery } from "@/lib/api/methods";
import { createQueryClient } from "@/lib/api/query-client";
import { forgetAnswers } from "@/lib/metrics/batcher";
import { createAppRouter } from "./router";

export interface AppParts {
  queries: QueryClient;
  router: ReturnType<typeof createAppRouter>;
}

/** What the app is made of, before anything is drawn. */
export function createApp(): AppParts {
  const queries = createQueryClient(() => {
    const { pathname, href } = router.state.location;
    if (pathname === "/sign-in") return;
    void router.navigate({ to: "/sign-in", search: { next: href } }).then(() => {
      // Nothing of whoever was signed in remains; what the sign-in page has asked for meanwhile does.
      queries.removeQueries({ predicate: ({ queryHash }) => queryHash !== hashKey(methodsQuery.queryKey) });
      forgetAnswers();
    });
  });
  const router = createAppRouter(queries);
  return { queries, router };
}
