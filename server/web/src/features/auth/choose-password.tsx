import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { PASSWORD_HINT, shortage } from "@/lib/password";
import { useFields } from "@/lib/use-fields";

interface ChoosePasswordProps {
  title: string;
  /** Its place in what is sent, as the server names it. */
  pointer: string;
  lead?: ReactNode;
  action: string;
  doing: string;
  busy: boolean;
  error: Error | null;
  onChosen: (password: string, refuse: (error: Error) => void) => void;
}

/** Asks whoever has followed a mail's link for the password that they will sign in with. */
export function ChoosePassword(props: ChoosePasswordProps) {
  const { title, pointer, lead, action, doing, busy, error, onChosen } = props;
  const form = useFields({ password: { check: shortage, early: true, pointer } });
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={form.submit(() => {
        if (!busy) onChosen(form.values.password, form.refuse);
      })}
    >
      {lead && <p className="text-muted-foreground">{lead}</p>}
      <PasswordField
        {...form.field("password")}
        title={title}
        autoComplete="new-password"
        hint={PASSWORD_HINT}
      />
      {error && !form.tells(error) && <Refusal error={error} />}
      <Button type="submit" variant="primary" disabled={busy}>
        {busy ? doing : action}
      </Button>
    </form>
  );
}
