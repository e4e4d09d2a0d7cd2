import { useRef, useState, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { ApiError } from "@/lib/api/error";
import { useSecondFactor } from "./queries";

interface SecondFactorFormProps {
  onSignedIn: () => void;
  /** Back to the password: too long ago, or somebody else after all. */
  onStartOver: () => void;
}

function wordsOf(error: Error, recovering: boolean): string | null {
  const code = error instanceof ApiError ? error.code : null;
  if (code !== "invalid_code") return null;
  return `This code is wrong or was used already. ${recovering ? "Take another one." : "Wait for the next one."}`;
}

export function SecondFactorForm({ onSignedIn, onStartOver }: SecondFactorFormProps) {
  const [code, setCode] = useState("");
  const [recovering, setRecovering] = useState(false);
  const [asked, setAsked] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const check = useSecondFactor();
  const late = check.error instanceof ApiError && check.error.code === "sign_in_expired";

  const send = (typed: string) => {
    if (check.isPending) return;
    check.mutate(typed.trim(), {
      onSuccess: onSignedIn,
      onError: () => {
        input.current?.focus();
        input.current?.select();
      },
    });
  };
  const type = (typed: string) => {
    // Copied codes come in groups.
    const clean = recovering ? typed : typed.replace(/\D/g, "").slice(0, 6);
    setCode(clean);
    if (!recovering && clean.length === 6 && clean !== code) send(clean);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setAsked(true);
    if (missing(code, recovering)) input.current?.focus();
    else send(code);
  };

  if (late) {
    return (
      <div className="flex flex-col gap-4">
        <p role="alert">It took too long, or there were too many attempts. Sign in from the beginning.</p>
        {/* What was pressed or typed in is gone. */}
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the form that had the focus is gone */}
        <Button autoFocus variant="primary" onClick={onStartOver}>
          Start again
        </Button>
      </div>
    );
  }
  const wrong = check.error && check.variables === code.trim() ? wordsOf(check.error, recovering) : null;
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <TextField
        key={String(recovering)}
        ref={input}
        title={recovering ? "Recovery code" : "Code"}
        name="code"
        // The page is this form: whoever gets here has come to fill it in.
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the step is this field
        autoFocus
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        {...(recovering
          ? { autoComplete: "off" }
          : { autoComplete: "one-time-code", inputMode: "numeric", className: "text-lg tracking-widest" })}
        value={code}
        onValue={type}
        hint={
          recovering
            ? "One of those that you kept when you set this up. Each works once."
            : "The six digits that your authenticator app shows now."
        }
        problem={wrong ?? (asked ? missing(code, recovering) : null)}
      />
      {check.error && wordsOf(check.error, recovering) === null && <Refusal error={check.error} />}
      <Button type="submit" variant="primary" disabled={check.isPending}>
        {check.isPending ? "Checking…" : "Sign in"}
      </Button>
      <div className="flex flex-wrap justify-between gap-2">
        <Button
          variant="link"
          size="inline"
          onClick={() => {
            setRecovering(!recovering);
            setCode("");
            setAsked(false);
          }}
        >
          {recovering ? "Use the authenticator app" : "Use a recovery code"}
        </Button>
        <Button variant="link" size="inline" onClick={onStartOver}>
          Somebody else
        </Button>
      </div>
    </form>
  );
}

function missing(code: string, recovering: boolean): string | null {
  if (recovering) return code.trim() === "" ? "Enter a recovery code." : null;
  return code.length === 6 ? null : "Enter all six digits.";
}
