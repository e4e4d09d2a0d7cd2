import { useId, useRef, useState, type ReactNode, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { PasswordInput } from "@/components/ui/password-input";
import { ApiError, messageOf } from "@/lib/api/error";
import { useSignIn, wantsSecondFactor } from "./queries";

function refusal(error: Error): string {
  const wrong = error instanceof ApiError && error.code === "invalid_credentials";
  return wrong ? "That email and password do not belong together." : messageOf(error);
}

interface SignInFormProps {
  onSignedIn: () => void;
  /** The password was right, and now a code is wanted. */
  onSecondFactor: () => void;
  /** The way for who does not know it any more, where there is one. */
  forgotPassword?: ReactNode;
}

export function SignInForm({ onSignedIn, onSecondFactor, forgotPassword }: SignInFormProps) {
  const id = useId();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  // Only what was left empty when it was sent is called missing, and no longer than it is.
  const [asked, setAsked] = useState(false);
  const emailInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);
  const signIn = useSignIn();

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setAsked(true);
    if (email.trim() === "") return emailInput.current?.focus();
    if (password === "") return passwordInput.current?.focus();
    setAsked(false);
    signIn.mutate(
      { email: email.trim(), password },
      {
        onSuccess: (got) => (wantsSecondFactor(got) ? onSecondFactor() : onSignedIn()),
        onError: () => {
          passwordInput.current?.focus();
          passwordInput.current?.select();
        },
      },
    );
  };

  const refused = signIn.isError;
  const noEmail = asked && email.trim() === "";
  const noPassword = asked && password === "";
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <div className="flex flex-col gap-1.5">
        <Label htmlFor={`${id}-email`}>Email</Label>
        <Input
          ref={emailInput}
          id={`${id}-email`}
          name="email"
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          // The page is this form: whoever opens it has come to fill it in.
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the step begins with this field
          autoFocus
          aria-invalid={noEmail}
          aria-describedby={noEmail ? `${id}-no-email` : undefined}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        {noEmail && <Missing id={`${id}-no-email`}>Enter your email.</Missing>}
      </div>
      <div className="flex flex-col gap-1.5">
        <Label htmlFor={`${id}-password`}>Password</Label>
        <PasswordInput
          ref={passwordInput}
          id={`${id}-password`}
          name="password"
          autoComplete="current-password"
          required
          aria-invalid={refused || noPassword}
          aria-describedby={noPassword ? `${id}-no-password` : refused ? `${id}-error` : undefined}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {noPassword && <Missing id={`${id}-no-password`}>Enter your password.</Missing>}
        {forgotPassword && <div className="self-end text-sm">{forgotPassword}</div>}
      </div>
      {refused && (
        <p id={`${id}-error`} role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
          {refusal(signIn.error)}
        </p>
      )}
      <Button type="submit" variant="primary" disabled={signIn.isPending}>
        {signIn.isPending ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}

function Missing({ id, children }: { id: string; children: string }) {
  return (
    <p id={id} className="text-sm text-bad">
      {children}
    </p>
  );
}
