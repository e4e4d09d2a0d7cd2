import { useState } from "react";
import { FormDialog } from "@/components/ui/form-dialog";
import { Refusal } from "@/components/ui/refusal";
import { useToast } from "@/components/ui/use-toast";
import type { Dashboard } from "@/lib/dashboards/document";
import { useChangeDashboard } from "./queries";
import { VISIBILITY_TITLES } from "./rights";
import { VisibilityField } from "./visibility-field";

interface VisibilityDialogProps {
  dashboard: Dashboard;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

/** Decides who sees a dashboard. It is so once the server says so. */
export function VisibilityDialog({ dashboard, onClose, returnTo }: VisibilityDialogProps) {
  const [visibility, setVisibility] = useState(dashboard.visibility);
  const change = useChangeDashboard(dashboard);
  const toast = useToast();
  const closesLinks = dashboard.visibility === "public" && visibility !== "public";
  return (
    <FormDialog
      title={`Who sees ${dashboard.name}`}
      action="Save"
      busy={change.isPending}
      onSubmit={(event) => {
        event.preventDefault();
        if (visibility === dashboard.visibility) {
          onClose();
          return;
        }
        change.mutate(
          { visibility },
          {
            onSuccess: () => {
              toast.show({ title: `Who sees it now: ${VISIBILITY_TITLES[visibility].toLowerCase()}` });
              onClose();
            },
          },
        );
      }}
      onClose={onClose}
      returnTo={returnTo}
    >
      <VisibilityField value={visibility} onValue={setVisibility} />
      {closesLinks && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          Links to it show nothing from then on, until it is shown by links again.
        </p>
      )}
      {change.error && <Refusal error={change.error} />}
    </FormDialog>
  );
}
