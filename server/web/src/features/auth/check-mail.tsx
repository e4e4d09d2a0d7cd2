import { MailCheck } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Refusal } from "@/components/ui/refusal";
import { useToast } from "@/components/ui/use-toast";

interface CheckMailProps {
  /** What was sent, and where to. */
  children: ReactNode;
  busy: boolean;
  error: Error | null;
  /** Sends it once more. */
  onResend: (sent: () => void) => void;
  /** Back, because the address was wrong. */
  onOther: () => void;
}

/** What is left to do is in the person's mailbox. */
export function CheckMail({ children, busy, error, onResend, onOther }: CheckMailProps) {
  const toast = useToast();
  const text = useRef<HTMLParagraphElement>(null);
  // The form that was sent is gone, and who hears the page instead of seeing it is told what is there now.
  useEffect(() => text.current?.focus(), []);
  return (
    <div className="flex flex-col items-center gap-4 text-center">
      <span className="flex size-11 items-center justify-center rounded-lg border text-accent">
        <MailCheck aria-hidden strokeWidth={1.5} className="size-5" />
      </span>
      <p ref={text} tabIndex={-1} className="break-words outline-none">
        {children}
      </p>
      <p className="text-sm text-muted-foreground">
        It may take a minute, and it may be among the junk mail.
      </p>
      {error && <Refusal error={error} className="self-stretch text-left" />}
      <div className="flex flex-wrap justify-center gap-2">
        <Button
          disabled={busy}
          onClick={() => onResend(() => toast.show({ title: "The mail was sent again" }))}
        >
          {busy ? "Sending…" : "Send it again"}
        </Button>
        <Button variant="ghost" onClick={onOther}>
          Another address
        </Button>
      </div>
    </div>
  );
}
