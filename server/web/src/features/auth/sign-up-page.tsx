import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { NoMail } from "@/components/no-mail";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { EmptyState } from "@/components/ui/states";
import { methodsQuery } from "@/lib/api/methods";
import type { SignUp } from "@/lib/api/types";
import { emailCheck, needed, useFields } from "@/lib/use-fields";
import { AuthPage } from "./auth-page";
import { CheckMail } from "./check-mail";
import { GoogleLink, Or } from "@/components/google-link";
import { useSignUp } from "./queries";
import { storeOf, storeRules, StoreFields } from "./store-fields";

/** Makes an account, an organisation and its first store, once the address is proved. */
export function SignUpPage({ signIn }: { signIn: ReactNode }) {
  const { data: methods } = useQuery(methodsQuery);
  const [rules] = useState(() => ({
    name: { check: needed("Enter your name."), pointer: "/name" },
    email: { check: emailCheck, pointer: "/email" },
    ...storeRules(),
  }));
  const form = useFields(rules);
  const [sent, setSent] = useState<SignUp | null>(null);
  const signUp = useSignUp();
  const footer = <p>You have an account already? {signIn}</p>;

  if (methods?.mail === false) {
    return (
      <AuthPage title="Create an account" footer={footer}>
        <div className="flex flex-col gap-4">
          {methods.google && <GoogleLink returnTo="/" />}
          <NoMail>Accounts cannot be made {methods.google && "with a password "}here.</NoMail>
        </div>
      </AuthPage>
    );
  }
  if (methods?.sign_up === false) {
    return (
      <AuthPage title="Create an account" footer={footer}>
        <EmptyState title="Accounts are made by invitation here" className="p-0">
          Ask somebody who uses this server to invite you.
        </EmptyState>
      </AuthPage>
    );
  }
  if (sent) {
    return (
      <AuthPage title="Check your mail" footer={footer}>
        <CheckMail
          busy={signUp.isPending}
          error={signUp.error}
          onResend={(again) => signUp.mutate(sent, { onSuccess: again })}
          onOther={() => setSent(null)}
        >
          A link to finish with is on its way to <strong className="font-medium">{sent.email}</strong>.
        </CheckMail>
      </AuthPage>
    );
  }
  const send = () => {
    const { name, email } = form.values;
    const body = { name: name.trim(), email: email.trim(), ...storeOf(form.values) };
    signUp.mutate(body, { onSuccess: () => setSent(body), onError: form.refuse });
  };
  return (
    <AuthPage title="Create an account" lead="See what your stores sell, and why." footer={footer} wide>
      <div className="flex flex-col gap-5">
        {methods?.google && (
          <>
            <GoogleLink returnTo="/" />
            <Or />
          </>
        )}
        <form onSubmit={form.submit(send)} noValidate className="flex flex-col gap-4">
          <TextField {...form.field("name")} title="Your name" autoComplete="name" required />
          <TextField
            {...form.field("email")}
            title="Email"
            type="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            hint="We send a link there. You choose a password when you follow it."
          />
          <StoreFields field={form.field} />
          {signUp.isError && !form.tells(signUp.error) && <Refusal error={signUp.error} />}
          <Button type="submit" variant="primary" disabled={signUp.isPending}>
            {signUp.isPending ? "Creating…" : "Create the account"}
          </Button>
        </form>
      </div>
    </AuthPage>
  );
}
