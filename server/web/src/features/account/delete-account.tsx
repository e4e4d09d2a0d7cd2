import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { PasswordField, TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Refusal } from "@/components/ui/refusal";
import type { Account } from "@/lib/api/types";
import { useFields } from "@/lib/use-fields";
import { passwordRule } from "./password-rule";
import { useDeleteAccount } from "./queries";

interface DeleteAccountProps {
  account: Account;
  onDeleted: () => void;
}

export function DeleteAccountCard({ account, onDeleted }: DeleteAccountProps) {
  const id = useId();
  const [asked, setAsked] = useState(false);
  return (
    <Card aria-labelledby={id}>
      <CardHeader>
        <CardTitle id={id}>Delete your account</CardTitle>
      </CardHeader>
      <CardContent className="flex flex-col items-start gap-3">
        <p className="text-muted-foreground">
          You leave every organisation, and what is known of you is deleted. Organisations that only you own
          have to be handed over first.
        </p>
        <Button className="text-bad" onClick={() => setAsked(true)}>
          Delete the account…
        </Button>
      </CardContent>
      {asked && (
        <DeleteAccountDialog account={account} onDeleted={onDeleted} onClose={() => setAsked(false)} />
      )}
    </Card>
  );
}

function DeleteAccountDialog({ account, onDeleted, onClose }: DeleteAccountProps & { onClose: () => void }) {
  const remove = useDeleteAccount();
  const { has_password, email } = account;
  const [rules] = useState(() => ({
    email: {
      check: (typed: string) =>
        typed.trim().toLowerCase() === email.toLowerCase() ? null : "This is not the address of the account.",
    },
    password: passwordRule(account),
  }));
  const form = useFields(rules);
  return (
    <FormDialog
      title="Delete your account?"
      lead="This cannot be undone."
      action={remove.isPending ? "Deleting…" : "Delete the account"}
      danger
      busy={remove.isPending || remove.isSuccess}
      onClose={onClose}
      onSubmit={form.submit(() => {
        const { password } = form.values;
        remove.mutate(has_password ? { password } : {}, { onSuccess: onDeleted, onError: form.refuse });
      })}
    >
      <TextField
        {...form.field("email")}
        title={`Type ${email} to confirm`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      {has_password && (
        <PasswordField {...form.field("password")} title="Your password" autoComplete="current-password" />
      )}
      {remove.isError && !form.tells(remove.error) && <Refusal error={remove.error} />}
    </FormDialog>
  );
}
