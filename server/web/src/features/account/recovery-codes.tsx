import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";

interface RecoveryCodesProps {
  codes: string[];
  email: string;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

/** The codes are shown once: closing asks for a press on the button that says they are kept. */
export function RecoveryCodes({ codes, email, onClose, returnTo }: RecoveryCodesProps) {
  const text = `Recovery codes of ${email} for Aloftly. Each works once.\n\n${codes.join("\n")}\n`;
  return (
    <Dialog open>
      <DialogContent className="max-w-md" returnTo={returnTo} closable={false}>
        <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5">
          <DialogTitle>Keep these recovery codes</DialogTitle>
          <DialogDescription>
            Each of them lets you in once without your phone. They are not shown again.
          </DialogDescription>
          <ul
            aria-label="Recovery codes"
            className="grid gap-x-4 gap-y-1.5 rounded-md bg-muted px-4 py-3 font-mono text-sm sm:grid-cols-2"
          >
            {codes.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ul>
          <div className="flex flex-wrap gap-2">
            <CopyButton text={text} title="Copy" />
            <Button asChild>
              <a
                href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
                download="aloftly-recovery-codes.txt"
              >
                <Download aria-hidden /> Download
              </a>
            </Button>
            <Button variant="primary" className="ml-auto" onClick={onClose}>
              I have kept them
            </Button>
          </div>
        </div>
      </DialogContent>
    </Dialog>
  );
}
