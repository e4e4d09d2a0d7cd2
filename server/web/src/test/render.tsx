import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { ToastProvider } from "@/components/ui/toast";
import { TooltipProvider } from "@/components/ui/tooltip";
import { createQueryClient } from "@/lib/api/query-client";

/** Renders with what the app puts around every page. */
export function show(children: ReactNode, onUnauthenticated: () => void = () => undefined) {
  const queries = createQueryClient(onUnauthenticated);
  const wrap = (inner: ReactNode) => (
    <QueryClientProvider client={queries}>
      <TooltipProvider delayDuration={0}>
        <ToastProvider>{inner}</ToastProvider>
      </TooltipProvider>
    </QueryClientProvider>
  );
  const view = render(wrap(children));
  return {
    user: userEvent.setup(),
    ...view,
    rerender: (next: ReactNode) => view.rerender(wrap(next)),
  };
}
