import { LockKeyhole } from "lucide-react";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { ApiError } from "@/lib/api/error";
import { usePageTitle } from "@/lib/page-title";
import { needed, useFields } from "@/lib/use-fields";
import { useUnlock } from "./queries";
import type { Visit } from "./visit";

interface UnlockFormProps {
  visit: Visit;
  onTicket: (ticket: string) => void;
}

/** Asks for the password of a link. */
export function UnlockForm({ visit, onTicket }: UnlockFormProps) {
  usePageTitle("Password");
  const form = useFields({ password: { check: needed("Enter the password.") } });
  const unlock = useUnlock(visit);
  const sent = unlock.variables;
  const isWrong = unlock.error instanceof ApiError && unlock.error.code === "wrong_password";
  const field = form.field("password");
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <form
        noValidate
        className="flex w-full max-w-88 flex-col gap-4 rounded-lg border bg-card p-6"
        onSubmit={form.submit(() => {
          if (unlock.isPending) return;
          unlock.mutate(form.values.password, { onSuccess: ({ ticket }) => onTicket(ticket) });
        })}
      >
        <div className="flex flex-col items-center gap-2 text-center">
          <LockKeyhole aria-hidden className="size-6 text-muted-foreground" strokeWidth={1.5} />
          <h1 className="text-lg font-semibold">This link wants a password</h1>
          <p className="text-muted-foreground">Whoever gave you the link has it.</p>
        </div>
        <PasswordField
          {...field}
          title="Password"
          autoComplete="off"
          // It is about what was sent, and no longer about what is typed since.
          problem={
            field.problem ?? (isWrong && sent === field.value ? "This is not the link’s password." : null)
          }
        />
        {unlock.error && !isWrong && <Refusal error={unlock.error} />}
        <Button type="submit" variant="primary" disabled={unlock.isPending}>
          {unlock.isPending ? "Opening…" : "Open"}
        </Button>
      </form>
    </main>
  );
}
