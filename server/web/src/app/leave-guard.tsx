import { useBlocker } from "@tanstack/react-router";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { LeaveGuardProps } from "@/features/dashboards/guard";

/** Saves what is left before the editor is left, and asks only where that cannot be done. */
export function LeaveGuard({ isUnsaved, settle }: LeaveGuardProps) {
  const blocker = useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      const stays = "edit" in next.search && next.search.edit === true && next.pathname === current.pathname;
      return !stays && isUnsaved() && !(await settle());
    },
    enableBeforeUnload: isUnsaved,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <ConfirmDialog
      title="Leave without saving?"
      action="Leave"
      busy={false}
      error={null}
      onConfirm={blocker.proceed}
      onClose={blocker.reset}
    >
      What you changed last could not be saved yet. It is lost when you leave now.
    </ConfirmDialog>
  );
}
