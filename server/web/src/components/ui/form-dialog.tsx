import type { ReactNode, SubmitEventHandler } from "react";
import { Button } from "./button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "./dialog";

interface FormDialogProps {
  title: string;
  /** What it is for. */
  lead?: ReactNode;
  children: ReactNode;
  action: string;
  danger?: boolean;
  busy: boolean;
  onSubmit: SubmitEventHandler;
  onClose: () => void;
  returnTo?: (() => HTMLElement | null) | undefined;
}

/** A short form in a dialog. */
export function FormDialog(props: FormDialogProps) {
  const { title, lead, children, action, danger = false, busy, onSubmit, onClose, returnTo } = props;
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open && !busy) onClose();
      }}
    >
      <DialogContent className="max-w-md" returnTo={returnTo}>
        <form noValidate className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5" onSubmit={onSubmit}>
          <DialogTitle className="pr-10">{title}</DialogTitle>
          {lead && <DialogDescription>{lead}</DialogDescription>}
          {children}
          <div className="flex flex-wrap justify-end gap-2">
            <Button disabled={busy} onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" variant={danger ? "danger" : "primary"} disabled={busy}>
              {action}
            </Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
