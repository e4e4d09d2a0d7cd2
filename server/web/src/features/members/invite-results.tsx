import { CircleAlert, CircleCheck } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { InviteResult } from "@/lib/api/types";

const WORDS: Record<InviteResult["status"], string> = {
  invited: "Invited",
  already_member: "Is a member already",
  already_invited: "Was invited before",
  invalid: "Is no address that mail can be sent to",
};

/** What became of each address, where it was not the same for all. */
export function InviteResults({ results, onClose }: { results: InviteResult[]; onClose: () => void }) {
  return (
    <>
      <div role="status" className="min-h-0 overflow-y-auto px-5 py-4">
        <ul className="flex flex-col gap-3">
          {results.map(({ email, status }) => {
            const Icon = status === "invited" ? CircleCheck : CircleAlert;
            return (
              <li key={email} className="flex items-start gap-3">
                <Icon
                  aria-hidden
                  className={`mt-0.5 size-4 shrink-0 ${status === "invited" ? "text-good" : "text-warn"}`}
                />
                <div className="min-w-0">
                  <p className="break-words">{email}</p>
                  <p className="text-sm text-muted-foreground">{WORDS[status]}</p>
                </div>
              </li>
            );
          })}
        </ul>
      </div>
      <div className="flex justify-end border-t px-5 py-4">
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the button that was pressed is gone */}
        <Button autoFocus onClick={onClose}>
          Close
        </Button>
      </div>
    </>
  );
}
