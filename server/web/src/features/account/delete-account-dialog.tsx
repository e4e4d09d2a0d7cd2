import { useState } from "react";
import { CheckboxField } from "@/components/ui/checkbox-field";
import { PasswordField, TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Refusal } from "@/components/ui/refusal";
import { ApiError } from "@/lib/api/error";
import type { Account } from "@/lib/api/types";
import { passwordRule } from "@/lib/password";
import { useFields } from "@/lib/use-fields";
import { useDeleteAccount } from "./queries";

interface DeleteAccountDialogProps {
  account: Account;
  onDeleted: () => void;
  onClose: () => void;
}

function isLastOwner(error: Error): boolean {
  return error instanceof ApiError && error.code === "last_owner";
}

export function DeleteAccountDialog({ account, onDeleted, onClose }: DeleteAccountDialogProps) {
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
  /** What the server said of organisations that nobody else owns, which it names; it stays while one decides. */
  const [owned, setOwned] = useState<string | null>(null);
  const [withThem, setWithThem] = useState(false);
  const send = () => {
    const { password } = form.values;
    const body = { ...(has_password && { password }), ...(withThem && { delete_organizations: true }) };
    remove.mutate(body, {
      onSuccess: onDeleted,
      onError: (error) => {
        if (isLastOwner(error)) setOwned(error.message);
        form.refuse(error);
      },
    });
  };
  const untold =
    remove.error && !form.tells(remove.error) && !isLastOwner(remove.error) ? remove.error : null;
  return (
    <FormDialog
      title="Delete your account?"
      lead="This cannot be undone."
      action={remove.isPending ? "Deleting…" : withThem ? "Delete all of it" : "Delete the account"}
      danger
      busy={remove.isPending || remove.isSuccess}
      onClose={onClose}
      onSubmit={form.submit(send)}
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
      {owned !== null && (
        <div className="flex flex-col gap-3 rounded-md bg-bad-soft px-3 py-3">
          <p role="alert" className="text-sm break-words text-bad">
            {owned}
          </p>
          <CheckboxField
            title="Or delete these organisations too"
            hint="With everything in them, for everybody who belongs to them: stores, figures, members and keys. Nobody can bring them back."
            checked={withThem}
            onChecked={setWithThem}
          />
        </div>
      )}
      {untold && <Refusal error={untold} />}
    </FormDialog>
  );
}
