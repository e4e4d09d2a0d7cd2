import { Eye, EyeOff } from "lucide-react";
import { useId, useRef, useState, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { ApiError } from "@/lib/api/error";
import { useSignIn } from "./session";

function messageOf(error: Error): string {
  if (!(error instanceof ApiError)) return "Something unexpected happened in the page.";
  if (error.code === "invalid_credentials") return "That email and password do not belong together.";
  return error.message;
}

export function SignInForm({ onSignedIn }: { onSignedIn: () => void }) {
  const id = useId();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
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
        onSuccess: onSignedIn,
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
          // eslint-disable-next-line jsx-a11y/no-autofocus
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
        <div className="relative">
          <Input
            ref={passwordInput}
            id={`${id}-password`}
            name="password"
            type={shown ? "text" : "password"}
            autoComplete="current-password"
            required
            aria-invalid={refused || noPassword}
            aria-describedby={noPassword ? `${id}-no-password` : refused ? `${id}-error` : undefined}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            className="pr-10"
          />
          <Button
            variant="ghost"
            size="icon-sm"
            className="absolute top-0.5 right-0.5"
            aria-label={shown ? "Hide password" : "Show password"}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff /> : <Eye />}
          </Button>
        </div>
        {noPassword && <Missing id={`${id}-no-password`}>Enter your password.</Missing>}
      </div>
      {refused && (
        <p id={`${id}-error`} role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
          {messageOf(signIn.error)}
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
