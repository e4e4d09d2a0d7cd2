import { useId, useState, type ReactNode } from "react";
import { Button } from "./button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "./dialog";
import { Input } from "./input";
import { Label } from "./label";
import { Refusal } from "./refusal";

interface ConfirmDialogProps {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** What has to be typed, and what that is ("e-mail address"), before what cannot be undone. */
  typed?: { what: string; phrase: string };
  action: string;
  busy: boolean;
  error: Error | null;
  onConfirm: () => void;
  onClose: () => void;
  /** Where to go on afterwards, where what opened the dialog is gone by then. */
  returnTo?: (() => HTMLElement | null) | undefined;
}

/** Asks before what is a pity to do by mistake; where it cannot be undone, takes a name for an answer. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, typed, action, busy, error, onConfirm, onClose, returnTo } = props;
  const id = useId();
  const [text, setText] = useState("");
  // A phone begins with a capital letter; what matters is that it was read and meant.
  const meant = !typed || text.trim().toLowerCase() === typed.phrase.trim().toLowerCase();
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open && !busy) onClose();
      }}
    >
      <DialogContent className="max-w-md" returnTo={returnTo}>
        <form
          noValidate
          className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5"
          onSubmit={(event) => {
            event.preventDefault();
            if (meant && !busy) onConfirm();
          }}
        >
          <DialogTitle className="pr-10">{title}</DialogTitle>
          <DialogDescription>{children}</DialogDescription>
          {typed && (
            <div className="flex flex-col gap-1.5">
              <Label htmlFor={id} className="font-normal break-words">
                Type the {typed.what} <strong className="font-medium">{typed.phrase}</strong> to confirm
              </Label>
              <Input
                id={id}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            </div>
          )}
          {error && <Refusal error={error} />}
          <div className="flex flex-wrap justify-end gap-2">
            <Button disabled={busy} onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" variant="danger" disabled={!meant || busy}>
              {action}
            </Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
