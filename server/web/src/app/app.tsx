import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ToastProvider } from "@/components/ui/toast";
import { TooltipProvider } from "@/components/ui/tooltip";
import { UploadsProvider } from "@/features/imports/uploads-provider";
import type { AppParts } from "./create-app";

export function App({ queries, router }: AppParts) {
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
