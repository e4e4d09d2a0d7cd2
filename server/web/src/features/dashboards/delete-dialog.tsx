import { useRef } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useToast } from "@/components/ui/use-toast";
import type { DashboardSummary } from "@/lib/api/types";
import { forgetDashboard } from "@/lib/last-dashboard";
import { useDeleteDashboard } from "./queries";

interface DeleteDialogProps {
  dashboard: Pick<DashboardSummary, "id" | "name" | "revision" | "visibility">;
  onDeleted?: () => void;
  onClose: () => void;
  /** Where to go on: back, or elsewhere once what it was asked for is gone. */
  returnTo: (gone: boolean) => HTMLElement | null;
}

/** Asks for the dashboard's name, because a dashboard that is deleted does not come back. */
export function DeleteDialog({ dashboard, onDeleted, onClose, returnTo }: DeleteDialogProps) {
  const remove = useDeleteDashboard(dashboard);
  const toast = useToast();
  const gone = useRef(false);
  const { name, visibility } = dashboard;
  return (
    <ConfirmDialog
      title={`Delete “${name}”?`}
      typed={{ what: "name", phrase: name }}
      action="Delete"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate(undefined, {
          onSuccess: () => {
            forgetDashboard(dashboard.id);
            toast.show({ title: `“${name}” is deleted` });
            gone.current = true;
            onClose();
            onDeleted?.();
          },
        })
      }
      onClose={onClose}
      returnTo={() => returnTo(gone.current)}
    >
      It goes with its history, its saved views and its links, and does not come back. The figures it shows
      stay.
      {visibility !== "private" && " Nobody else of the workspace has it then either."}
    </ConfirmDialog>
  );
}
