import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";

interface TokenDialogProps {
  name: string;
  token: string;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

/** The token is shown once: closing asks for a press on the button that says it is kept. */
export function TokenDialog({ name, token, onClose, returnTo }: TokenDialogProps) {
  return (
    <Dialog open>
      <DialogContent className="max-w-md" returnTo={returnTo} closable={false}>
        <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5">
          <DialogTitle>Keep this token</DialogTitle>
          <DialogDescription>
            {name} is made. Its token is not shown again: put it where the program finds it, and nowhere else.
          </DialogDescription>
          <code className="rounded-md bg-muted px-3 py-2 font-mono text-sm break-all select-all">
            {token}
          </code>
          <p className="text-sm text-muted-foreground">
            The program sends it as <code className="font-mono">Authorization: Bearer</code> and the token.
          </p>
          <div className="flex flex-wrap gap-2">
            <CopyButton text={token} title="Copy" />
            <Button variant="primary" className="ml-auto" onClick={onClose}>
              I have kept it
            </Button>
          </div>
        </div>
      </DialogContent>
    </Dialog>
  );
}
