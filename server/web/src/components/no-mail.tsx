import { MailX } from "lucide-react";
import type { ReactNode } from "react";

/** In place of what would be sent by mail, on a server that sends none: what that means here, and who can change it. */
export function NoMail({ children }: { children: ReactNode }) {
  return (
    <div className="flex items-start gap-3 rounded-lg bg-warn-soft px-4 py-3">
      <MailX aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <p className="min-w-0 flex-1 break-words">
        {children} This server sends no mail: whoever runs it has to set{" "}
        <code className="font-mono text-sm">ALOFTLY_SMTP_URL</code>.
      </p>
    </div>
  );
}
