import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Refusal } from "@/components/ui/refusal";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { useFields } from "@/lib/use-fields";
import { AuthPage } from "./auth-page";
import { googlePersonQuery, useGoogleSignUp } from "./queries";
import { storeOf, storeRules, StoreFields } from "./store-fields";

interface GoogleSignUpPageProps {
  onSignedIn: () => void;
  signIn: ReactNode;
}

/** Google has said who it is; what is missing is the organisation and its first store. */
export function GoogleSignUpPage({ onSignedIn, signIn }: GoogleSignUpPageProps) {
  const person = useQuery(googlePersonQuery);
  const [rules] = useState(storeRules);
  const form = useFields(rules);
  const signUp = useGoogleSignUp();
  const lead = person.data && (
    <>
      You are <strong className="font-medium text-foreground">{person.data.email}</strong>. Tell us about your
      first store.
    </>
  );
  return (
    <AuthPage title="Nearly there" lead={lead} footer={<p>Somebody else? {signIn}</p>} wide>
      {person.isPending ? (
        <div className="flex flex-col gap-4">
          <span className="sr-only">Loading</span>
          <Skeleton className="h-9 w-full" />
          <Skeleton className="h-9 w-full" />
          <Skeleton className="h-9 w-full" />
        </div>
      ) : person.isError ? (
        <ErrorState
          title="It is not known who you are"
          error={person.error}
          onRetry={() => void person.refetch()}
        />
      ) : (
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={form.submit(() => {
            signUp.mutate(storeOf(form.values), { onSuccess: onSignedIn, onError: form.refuse });
          })}
        >
          <StoreFields field={form.field} />
          {signUp.isError && !form.tells(signUp.error) && <Refusal error={signUp.error} />}
          <Button type="submit" variant="primary" disabled={signUp.isPending}>
            {signUp.isPending ? "Creating…" : "Create the account"}
          </Button>
        </form>
      )}
    </AuthPage>
  );
}
