import { useId, type ReactNode } from "react";
import { NoMail } from "@/components/no-mail";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { PasswordField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { useToast } from "@/components/ui/use-toast";
import { useNoMail } from "@/lib/api/methods";
import { PASSWORD_HINT, shortage } from "@/lib/password";
import { needed, useFields } from "@/lib/use-fields";
import { useChangePassword } from "./queries";

interface PasswordCardProps {
  email: string;
  hasPassword: boolean;
  /** Where somebody without a password gets a link to choose one. */
  forgotPassword: ReactNode;
}

export function PasswordCard({ email, hasPassword, forgotPassword }: PasswordCardProps) {
  const id = useId();
  const form = useFields({
    current_password: {
      check: needed("Enter your password."),
      pointer: "/current_password",
      wording: "This is not your password.",
    },
    new_password: { check: shortage, early: true, pointer: "/new_password" },
  });
  const change = useChangePassword();
  const toast = useToast();
  const noMail = useNoMail();
  if (!hasPassword) {
    return (
      <Card aria-labelledby={`${id}-title`}>
        <CardHeader>
          <CardTitle id={`${id}-title`}>Password</CardTitle>
        </CardHeader>
        <CardContent className="flex flex-col items-start gap-3">
          <p className="text-muted-foreground">
            You have none: you sign in another way.{!noMail && " We can send you a link to choose one."}
          </p>
          {noMail ? <NoMail>You cannot be sent a link to choose one.</NoMail> : forgotPassword}
        </CardContent>
      </Card>
    );
  }
  const send = () => {
    if (change.isPending) return;
    change.mutate(form.values, {
      onSuccess: () => {
        form.clear();
        toast.show({
          title: "Your password is changed",
          description: "You are signed out everywhere else, and stay signed in here.",
        });
      },
      onError: form.refuse,
    });
  };
  return (
    <Card aria-labelledby={`${id}-title`}>
      <CardHeader>
        <CardTitle id={`${id}-title`}>Password</CardTitle>
      </CardHeader>
      <CardContent>
        <form onSubmit={form.submit(send)} noValidate className="flex max-w-sm flex-col gap-4">
          {/* Tells password managers whose password it is. */}
          <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
          <PasswordField
            {...form.field("current_password")}
            title="Current password"
            autoComplete="current-password"
          />
          <PasswordField
            {...form.field("new_password")}
            title="New password"
            autoComplete="new-password"
            hint={PASSWORD_HINT}
          />
          {change.isError && !form.tells(change.error) && <Refusal error={change.error} />}
          <Button type="submit" variant="primary" className="self-start" disabled={change.isPending}>
            {change.isPending ? "Changing…" : "Change password"}
          </Button>
        </form>
      </CardContent>
    </Card>
  );
}
