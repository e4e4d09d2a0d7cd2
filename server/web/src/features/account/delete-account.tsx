import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import type { Account } from "@/lib/api/types";
import { DeleteAccountDialog } from "./delete-account-dialog";

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
          are handed over first, or deleted with it.
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
