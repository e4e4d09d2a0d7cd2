import { useToast } from "@/components/ui/use-toast";
import type { DashboardSummary, Visibility } from "@/lib/api/types";
import type { Dashboard } from "@/lib/dashboards/document";
import { messageOf } from "@/lib/api/error";
import { LIMITS } from "@/lib/dashboards/limits";
import { useCreateDashboard } from "./queries";

type Copied = Pick<DashboardSummary, "id" | "name" | "workspace_id" | "visibility">;

/** What a copy of something is called. */
export function copyName(name: string): string {
  return `Copy of ${name}`.slice(0, LIMITS.name);
}

/** A copy is not shown by links before somebody says so. */
function visibilityOfCopy(visibility: Visibility): Visibility {
  return visibility === "public" ? "workspace" : visibility;
}

/** Makes a copy of a dashboard, and says so. */
export function useDuplicate(onOpen: (copy: Dashboard) => void) {
  const toast = useToast();
  const create = useCreateDashboard();
  return {
    busy: create.isPending,
    run: ({ id, name, workspace_id, visibility }: Copied) =>
      create.mutate(
        { workspace_id, name: copyName(name), visibility: visibilityOfCopy(visibility), copy_of: id },
        {
          onSuccess: (copy) =>
            toast.show({
              title: `“${copy.name}” is there`,
              action: { title: "Open it", run: () => onOpen(copy) },
            }),
          onError: (error) =>
            toast.show({
              tone: "bad",
              title: `“${name}” could not be copied`,
              description: messageOf(error),
            }),
        },
      ),
  };
}
