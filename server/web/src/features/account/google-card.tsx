import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { GoogleLink } from "@/components/google-link";
import { Badge } from "@/components/ui/badge";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { methodsQuery } from "@/lib/api/methods";
import type { Account } from "@/lib/api/types";

/** Whether one comes in through Google, where the server offers that. */
export function GoogleCard({ account }: { account: Account }) {
  const id = useId();
  const { data: methods } = useQuery(methodsQuery);
  if (!methods?.google) return null;
  return (
    <Card aria-labelledby={id}>
      <CardHeader>
        <CardTitle id={id} className="flex items-center gap-2">
          Google {account.google && <Badge>Connected</Badge>}
        </CardTitle>
      </CardHeader>
      <CardContent className="flex flex-col items-start gap-3">
        {account.google ? (
          <p className="text-muted-foreground">Google is connected: you can sign in with it.</p>
        ) : (
          <>
            <p className="break-words text-muted-foreground">
              Connect your Google account of the address {account.email}, and you can sign in with it.
            </p>
            <GoogleLink returnTo="/settings/security" className="w-auto">
              Connect Google
            </GoogleLink>
          </>
        )}
      </CardContent>
    </Card>
  );
}
