import { QRCodeSVG } from "qrcode.react";
import { CopyButton } from "@/components/ui/copy-button";
import { TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Refusal } from "@/components/ui/refusal";
import { useFields } from "@/lib/use-fields";
import { useConfirmSecondFactor } from "./queries";

interface SecondFactorSetupProps {
  secret: string;
  uri: string;
  onCodes: (codes: string[]) => void;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

/** Shows the secret to an authenticator app, and takes a first code for the proof that it has it. */
export function SecondFactorSetup({ secret, uri, onCodes, onClose, returnTo }: SecondFactorSetupProps) {
  const form = useFields({
    code: {
      check: (code) => (/^\d{6}$/.test(code) ? null : "Enter all six digits."),
      pointer: "/code",
      wording: "This code is not right. Wait for the next one.",
    },
  });
  const confirm = useConfirmSecondFactor();
  const field = form.field("code");
  return (
    <FormDialog
      title="Set up the second factor"
      lead="Scan this with an authenticator app, and enter the code that it shows then."
      action={confirm.isPending ? "Checking…" : "Turn on"}
      busy={confirm.isPending}
      returnTo={returnTo}
      onClose={onClose}
      onSubmit={form.submit(() => {
        confirm.mutate(form.values.code, { onSuccess: onCodes, onError: form.refuse });
      })}
    >
      {/* Black on white in every theme: that is what cameras look for. */}
      <div className="self-center rounded-md bg-white p-3">
        <QRCodeSVG value={uri} size={176} title="QR code for the authenticator app" />
      </div>
      <div className="flex flex-col gap-1.5 text-sm">
        <p className="text-muted-foreground">Or type this key into the app:</p>
        <div className="flex flex-wrap items-center gap-2">
          <code className="min-w-0 flex-1 font-mono break-all">{secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
          <CopyButton text={secret} title="Copy" size="sm" />
        </div>
      </div>
      <TextField
        {...field}
        onValue={(typed) => field.onValue(typed.replace(/\D/g, "").slice(0, 6))}
        title="Code"
        // The only thing to fill in; above it is what is copied or scanned.
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the step begins with this field
        autoFocus
        inputMode="numeric"
        autoComplete="one-time-code"
        className="text-lg tracking-widest"
      />
      {confirm.isError && !form.tells(confirm.error) && <Refusal error={confirm.error} />}
    </FormDialog>
  );
}
