import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { PasswordField, TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Refusal } from "@/components/ui/refusal";
import type { Account, Session } from "@/lib/api/types";
import { passwordRule } from "@/lib/password";
import { useFields } from "@/lib/use-fields";
import { useDeleteOrganization } from "./queries";

interface DeleteOrganizationProps {
  organization: Session["organization"];
  account: Account;
  onDeleted: () => void;
}

/** For owners. */
export function DeleteOrganizationCard(props: DeleteOrganizationProps) {
  const id = useId();
  const [asked, setAsked] = useState(false);
  return (
    <Card aria-labelledby={id} className="border-bad/40">
      <CardHeader>
        <CardTitle id={id}>Delete the organisation</CardTitle>
      </CardHeader>
      <CardContent className="flex flex-col items-start gap-3">
        <p className="text-muted-foreground">
          Its stores and all of their data go, and everybody who belongs to it is out at once. Nobody can
          bring it back.
        </p>
        <Button className="text-bad" onClick={() => setAsked(true)}>
          Delete the organisation…
        </Button>
      </CardContent>
      {asked && <DeleteOrganizationDialog {...props} onClose={() => setAsked(false)} />}
    </Card>
  );
}

function DeleteOrganizationDialog(props: DeleteOrganizationProps & { onClose: () => void }) {
  const { organization, account, onDeleted, onClose } = props;
  const { name, id } = organization;
  const remove = useDeleteOrganization(id);
  const [rules] = useState(() => ({
    name: {
      // A phone begins with a capital letter; what matters is that it was read and meant.
      check: (typed: string) =>
        typed.trim().toLowerCase() === name.trim().toLowerCase()
          ? null
          : "This is not what the organisation is called.",
      pointer: "/name",
      wording: "The organisation is called otherwise by now. Load the page again.",
    },
    password: passwordRule(account),
  }));
  const form = useFields(rules);
  const send = () => {
    const { password } = form.values;
    remove.mutate(
      { name, ...(account.has_password && { password }) },
      { onSuccess: onDeleted, onError: form.refuse },
    );
  };
  return (
    <FormDialog
      title="Delete the organisation?"
      lead="Its members, API keys and invitations go at once, and the data of its stores soon after. Nobody can bring any of it back."
      action={remove.isPending ? "Deleting…" : "Delete the organisation"}
      danger
      busy={remove.isPending || remove.isSuccess}
      onClose={onClose}
      onSubmit={form.submit(send)}
    >
      <TextField
        {...form.field("name")}
        title={`Type ${name} to confirm`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      {account.has_password && (
        <PasswordField {...form.field("password")} title="Your password" autoComplete="current-password" />
      )}
      {remove.isError && !form.tells(remove.error) && <Refusal error={remove.error} />}
    </FormDialog>
  );
}
