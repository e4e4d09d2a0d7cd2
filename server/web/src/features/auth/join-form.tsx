import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { PasswordField, TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { ApiError } from "@/lib/api/error";
import type { InvitePreview, Joining } from "@/lib/api/types";
import { PASSWORD_HINT, shortage } from "@/lib/password";
import { needed, useFields } from "@/lib/use-fields";
import { LinkButton } from "./link-page";
import type { useAcceptInvite } from "./queries";

/** How somebody joins: by a press, with the password of their account, or with a name and a password for a new one. */
export type Newcomer = Omit<Joining, "token">;

function codeOf(error: Error | null): string | null {
  return error instanceof ApiError ? error.code : null;
}

/** Whether they have to show that the account is theirs. */
export function needsProof(error: Error | null): boolean {
  return ["sign_in_first", "invalid_credentials"].includes(codeOf(error) ?? "");
}

interface JoinFormProps {
  step: "press" | "password" | "new";
  invite: InvitePreview;
  accept: ReturnType<typeof useAcceptInvite>;
  onSend: (person: Newcomer, onError?: (error: Error) => void) => void;
  /** To the sign-in and back here. */
  signIn: ReactNode;
}

export function JoinForm({ step, invite, accept, onSend, signIn }: JoinFormProps) {
  const busy = accept.isPending || accept.isSuccess;
  const isNew = step === "new";
  const form = useFields({
    name: { ...(isNew && { check: needed("Enter your name.") }), pointer: "/name" },
    password: {
      check: isNew ? shortage : needed("Enter your password."),
      early: isNew,
      pointer: "/password",
    },
  });
  if (step === "press") {
    return (
      <LinkButton
        action="Accept"
        doing="Joining…"
        busy={busy}
        error={accept.error}
        onPress={() => onSend({})}
      >
        You have an account. It is a member of {invite.organization} as well from then on.
      </LinkButton>
    );
  }
  const field = form.field("password");
  const wrong = codeOf(accept.error) === "invalid_credentials" && accept.variables?.password === field.value;
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={form.submit(() => {
        const { name, password } = form.values;
        onSend({ ...(isNew && { name: name.trim() }), password }, form.refuse);
      })}
    >
      {/* Tells password managers whose password it is. */}
      <input type="email" name="email" autoComplete="username" value={invite.email} readOnly hidden />
      {isNew ? (
        <TextField {...form.field("name")} title="Your name" autoComplete="name" required />
      ) : (
        <p role="status">You have an account. Its password shows that it is yours.</p>
      )}
      <PasswordField
        {...field}
        title="Password"
        autoComplete={isNew ? "new-password" : "current-password"}
        hint={isNew ? PASSWORD_HINT : undefined}
        problem={wrong ? "This is not the password of your account." : field.problem}
      />
      {accept.isError && !needsProof(accept.error) && !form.tells(accept.error) && (
        <Refusal error={accept.error} />
      )}
      <Button type="submit" variant="primary" disabled={busy}>
        {accept.isPending ? "Joining…" : "Join"}
      </Button>
      {!isNew && <p className="text-center text-sm">{signIn}</p>}
    </form>
  );
}
