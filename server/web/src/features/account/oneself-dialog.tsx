import type { ReactNode } from "react";
import { PasswordField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Refusal } from "@/components/ui/refusal";
import type { Account, Oneself } from "@/lib/api/types";
import { useFields } from "@/lib/use-fields";
import { passwordRule } from "@/lib/password";

interface OneselfDialogProps {
  account: Account;
  title: string;
  lead: ReactNode;
  action: string;
  danger?: boolean;
  busy: boolean;
  error: Error | null;
  onProof: (proof: Oneself, refuse: (error: Error) => void) => void;
  onClose: () => void;
  returnTo?: () => HTMLElement | null;
}

/**
 * Asks for a proof before something that whoever finds an open browser must not do: the password, or for who has none that
 * they have just signed in, which the server knows.
 */
export function OneselfDialog({ account, error, onProof, ...props }: OneselfDialogProps) {
  const form = useFields({ password: passwordRule(account) });
  const { password } = form.values;
  return (
    <FormDialog
      {...props}
      onSubmit={form.submit(() => onProof(account.has_password ? { password } : {}, form.refuse))}
    >
      {account.has_password && (
        <PasswordField {...form.field("password")} title="Your password" autoComplete="current-password" />
      )}
      {error && !form.tells(error) && <Refusal error={error} />}
    </FormDialog>
  );
}
