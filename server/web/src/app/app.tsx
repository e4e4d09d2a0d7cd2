import { hashKey, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { ToastProvider } from "@/components/ui/toast";
import { TooltipProvider } from "@/components/ui/tooltip";
import { UploadsProvider } from "@/features/imports/uploads-provider";
import { methodsQuery } from "@/lib/api/methods";
import { createQueryClient } from "@/lib/api/query-client";
import { forgetAnswers } from "@/lib/metrics/batcher";
import { createAppRouter } from "./router";

function createApp() {
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

export function App() {
  const [{ queries, router }] = useState(createApp);
  return (
    <QueryClientProvider client={queries}>
      <TooltipProvider delayDuration={150} skipDelayDuration={300}>
        <ToastProvider>
          <UploadsProvider>
            <RouterProvider router={router} />
          </UploadsProvider>
        </ToastProvider>
      </TooltipProvider>
    </QueryClientProvider>
  );
}
