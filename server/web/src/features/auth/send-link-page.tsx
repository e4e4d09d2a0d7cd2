import { useState, type ReactNode } from "react";
import { NoMail } from "@/components/no-mail";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { useNoMail } from "@/lib/api/methods";
import { emailCheck, useFields } from "@/lib/use-fields";
import { AuthPage } from "./auth-page";
import { CheckMail } from "./check-mail";
import { useSendLink } from "./queries";

const KINDS = {
  "magic-link": {
    title: "Sign in by mail",
    lead: "We send you a link that signs you in. No password is needed.",
    action: "Send the link",
    sent: "a link that signs you in is on its way",
    impossible: "You cannot be sent a link.",
  },
  "password-reset": {
    title: "Choose another password",
    lead: "We send you a link to a page where you can.",
    action: "Send the link",
    sent: "a link to choose another password is on its way",
    impossible: "You cannot be sent a link to choose another password.",
  },
};

/** Asks for an address to send a link to. */
export function SendLinkPage({ kind, back }: { kind: keyof typeof KINDS; back: ReactNode }) {
  const words = KINDS[kind];
  const form = useFields({ email: { check: emailCheck, pointer: "/email" } });
  const [sentTo, setSentTo] = useState<string | null>(null);
  const send = useSendLink(kind);
  const noMail = useNoMail();
  const email = form.values.email.trim();
  if (noMail) {
    return (
      <AuthPage title={words.title} footer={back}>
        <NoMail>{words.impossible}</NoMail>
      </AuthPage>
    );
  }
  if (sentTo !== null) {
    return (
      <AuthPage title="Check your mail" footer={back}>
        <CheckMail
          busy={send.isPending}
          error={send.error}
          onResend={(sent) => send.mutate(sentTo, { onSuccess: sent })}
          onOther={() => setSentTo(null)}
        >
          {/* Who has an account is nobody's business. */}
          If there is an account for <strong className="font-medium">{sentTo}</strong>, {words.sent}.
        </CheckMail>
      </AuthPage>
    );
  }
  return (
    <AuthPage title={words.title} lead={words.lead} footer={back}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={form.submit(() => {
          send.mutate(email, { onSuccess: () => setSentTo(email), onError: form.refuse });
        })}
      >
        <TextField
          {...form.field("email")}
          title="Email"
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          // The page is this form: whoever opens it has come to fill it in.
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the step begins with this field
          autoFocus
        />
        {send.isError && !form.tells(send.error) && <Refusal error={send.error} />}
        <Button type="submit" variant="primary" disabled={send.isPending}>
          {send.isPending ? "Sending…" : words.action}
        </Button>
      </form>
    </AuthPage>
  );
}
