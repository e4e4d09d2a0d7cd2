import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { useToast } from "@/components/ui/use-toast";
import { methodsQuery } from "@/lib/api/methods";
import type { Account } from "@/lib/api/types";
import { needed, useFields } from "@/lib/use-fields";
import { useRename } from "./queries";

export function ProfileCard({ account }: { account: Account }) {
  const id = useId();
  const form = useFields({
    name: { initial: account.name, check: needed("Enter your name."), pointer: "/name" },
  });
  const rename = useRename();
  const { data: methods } = useQuery(methodsQuery);
  const toast = useToast();
  const name = form.values.name.trim();
  return (
    <Card aria-labelledby={id}>
      <CardHeader>
        <CardTitle id={id}>You</CardTitle>
      </CardHeader>
      <CardContent>
        <form
          noValidate
          className="flex max-w-sm flex-col gap-4"
          onSubmit={form.submit(() => {
            rename.mutate(name, {
              onSuccess: () => toast.show({ title: "Your name is changed" }),
              onError: form.refuse,
            });
          })}
        >
          <TextField {...form.field("name")} title="Name" autoComplete="name" required />
          <dl className="flex flex-col gap-4">
            <div className="flex flex-col gap-1">
              <dt className="text-sm font-medium">Email</dt>
              <dd className="flex flex-wrap items-center gap-2 break-all">
                {account.email}
                {account.email_verified && <Badge>Confirmed</Badge>}
              </dd>
            </div>
            {(account.google || methods?.google) && (
              <div className="flex flex-col gap-1">
                <dt className="text-sm font-medium">Google</dt>
                <dd className="text-muted-foreground">
                  {account.google
                    ? "Connected: you can sign in with Google."
                    : "Not connected. It is connected under Security."}
                </dd>
              </div>
            )}
          </dl>
          {rename.isError && !form.tells(rename.error) && <Refusal error={rename.error} />}
          <Button
            type="submit"
            variant="primary"
            className="self-start"
            disabled={rename.isPending || name === account.name}
          >
            {rename.isPending ? "Saving…" : "Save"}
          </Button>
        </form>
      </CardContent>
    </Card>
  );
}
