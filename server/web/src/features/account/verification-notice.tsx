import { MailWarning } from "lucide-react";
import { NoMail } from "@/components/no-mail";
import { Button } from "@/components/ui/button";
import { Refusal } from "@/components/ui/refusal";
import { useNoMail } from "@/lib/api/methods";
import type { Account } from "@/lib/api/types";
import { useSendVerification } from "./queries";

/** For who has not proved yet that their address is theirs. */
export function VerificationNotice({ account }: { account: Account }) {
  const send = useSendVerification();
  const noMail = useNoMail();
  if (account.email_verified) return null;
  if (noMail) {
    return <NoMail>{account.email} is not confirmed to be yours, and cannot be confirmed here.</NoMail>;
  }
  return (
    <div className="flex flex-col gap-2 rounded-lg bg-warn-soft px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <MailWarning aria-hidden className="size-4 shrink-0 text-warn" />
        <p className="min-w-0 flex-1 basis-60 break-words">
          {send.isSuccess
            ? `A mail is on its way to ${account.email}. Press the button on the page that it leads to.`
            : `${account.email} is not confirmed to be yours.`}
        </p>
        <Button size="sm" disabled={send.isPending} onClick={() => send.mutate()}>
          {send.isSuccess ? "Send it again" : "Send a mail"}
        </Button>
      </div>
      {send.isError && <Refusal error={send.error} />}
    </div>
  );
}
