import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CheckboxField } from "@/components/ui/checkbox-field";
import { DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { PasswordField, SelectField, TextAreaField, TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { Time } from "@/components/ui/time";
import type { Share, Store } from "@/lib/api/types";
import { shortage } from "@/lib/password";
import { needed, useFields } from "@/lib/use-fields";
import { ENDS, KEEP, valuesOf, type LinkValues } from "./link";
import { originsIn } from "./origins";
import { StoreBoxes } from "./store-boxes";

interface LinkFormProps {
  /** The link that is changed; null where one is made. */
  share: Share | null;
  /** What a new one is called. */
  name: string;
  /** The stores that a new one can be of; one alone is no choice. */
  stores: readonly Store[];
  busy: boolean;
  error: Error | null;
  onSend: (values: LinkValues, stores: string[] | null, refuse: (error: Error) => void) => void;
  onBack: () => void;
}

function originsCheck(text: string): string | null {
  const { wrong } = originsIn(text);
  return wrong.length > 0 ? `No page over HTTPS: ${wrong.slice(0, 3).join(", ")}` : null;
}

/** What a link is called, until when it is there, what it asks for, and who may show it. */
export function LinkForm({ share, name, stores, busy, error, onSend, onBack }: LinkFormProps) {
  const initial = valuesOf(share, name);
  const [asksPassword, setAsksPassword] = useState(initial.asksPassword);
  const [mayChangeRange, setMayChangeRange] = useState(initial.mayChangeRange);
  const [chosen, setChosen] = useState<string[] | null>(null);
  const mayKeep = share?.has_password === true;
  const passwordCheck = (password: string) => {
    return !asksPassword || (mayKeep && password === "") ? null : shortage(password);
  };
  const form = useFields({
    name: { initial: initial.name, check: needed("Enter a name."), pointer: "/name" },
    ends: { initial: initial.ends, pointer: "/expires_at" },
    password: { check: passwordCheck, pointer: "/password" },
    origins: { initial: initial.origins, check: originsCheck, pointer: "/origins" },
  });
  const noStore = chosen?.length === 0;
  return (
    <form
      noValidate
      className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5"
      onSubmit={form.submit(() => {
        if (busy || noStore) return;
        onSend({ ...form.values, asksPassword, mayChangeRange }, chosen, form.refuse);
      })}
    >
      <DialogTitle className="pr-10">{share ? "Change the link" : "New link"}</DialogTitle>
      <DialogDescription>
        Whoever has it sees the dashboard and its figures as they are, and can change nothing.
      </DialogDescription>
      <TextField
        {...form.field("name")}
        title="Name"
        hint="Whoever has the link reads it."
        autoComplete="off"
      />
      {!share && stores.length > 1 && <StoreBoxes stores={stores} chosen={chosen} onChosen={setChosen} />}
      <SelectField
        {...form.field("ends")}
        title="It ends"
        hint={share ? <EndsNow share={share} /> : undefined}
      >
        {share && <option value={KEEP}>As until now</option>}
        {ENDS.map(([days, words]) => (
          <option key={days} value={days}>
            {words}
          </option>
        ))}
      </SelectField>
      <CheckboxField
        title="Ask for a password"
        hint={mayKeep && "Another one ends what was opened with the one before."}
        checked={asksPassword}
        onChecked={setAsksPassword}
      />
      {asksPassword && (
        <PasswordField
          {...form.field("password")}
          title="Password"
          autoComplete="new-password"
          hint={mayKeep ? "Leave it empty to keep the one that there is." : "Tell it to them another way."}
          required={!mayKeep}
        />
      )}
      <CheckboxField
        title="Let them look at other days"
        checked={mayChangeRange}
        onChecked={setMayChangeRange}
      />
      <TextAreaField
        {...form.field("origins")}
        title="Pages that may show it within themselves"
        hint="One a line, such as https://shop.example.com. No other page can."
        rows={2}
        spellCheck={false}
        autoCapitalize="none"
      />
      {error && !form.tells(error) && <Refusal error={error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button disabled={busy} onClick={onBack}>
          Back
        </Button>
        <Button type="submit" variant="primary" disabled={busy}>
          {share ? (busy ? "Saving…" : "Save") : busy ? "Making…" : "Make the link"}
        </Button>
      </div>
    </form>
  );
}

function EndsNow({ share: { expires_at: end, expired } }: { share: Share }) {
  if (!end) return "Until now it never ends by itself.";
  return (
    <>
      Until now it {expired ? "ended" : "ends"} <Time instant={end} />.
    </>
  );
}
