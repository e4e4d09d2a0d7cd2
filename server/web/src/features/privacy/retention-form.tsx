import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { SelectField, TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { useToast } from "@/components/ui/use-toast";
import type { Store } from "@/lib/api/types";
import { formatDate } from "@/lib/format/date";
import { useFields } from "@/lib/use-fields";
import type { useSetRetention } from "./queries";
import { isShorter, keptSince, monthsCheck, timeInWords } from "./retention";

interface RetentionFormProps {
  /** For how many months they are kept now; `null` is for ever. */
  kept: number | null;
  save: ReturnType<typeof useSetRetention>;
  /** Where to go on when the form has begun anew. */
  card: () => HTMLElement | null;
  organization: string;
  stores: Store[];
}

/** What is proposed to who has kept everything until now. */
const USUAL = "24";

export function RetentionForm({ kept, save, card, organization, stores }: RetentionFormProps) {
  const [asked, setAsked] = useState(false);
  const toast = useToast();
  const [how, setHow] = useState<"ever" | "months">(kept === null ? "ever" : "months");
  const limited = how === "months";
  const form = useFields({
    months: {
      initial: kept === null ? USUAL : String(kept),
      ...(limited && { check: monthsCheck }),
      early: true,
      pointer: "/months",
    },
  });
  const button = useRef<HTMLButtonElement>(null);
  const isRight = !limited || monthsCheck(form.values.months) === null;
  const months = limited ? Number(form.values.months) : null;
  const since = limited && isRight && months !== null ? keptSince(months, stores) : null;
  const older = since === null ? "What is older" : `Everything from before ${formatDate(since)}`;
  const send = () =>
    save.mutate(months, {
      onSuccess: () => {
        setAsked(false);
        toast.show({ title: `Data are kept ${timeInWords(months)}` });
      },
      onError: form.refuse,
    });
  const unsaid = save.error && !form.tells(save.error) ? save.error : null;
  return (
    <>
      {/* The dialog has a form of its own, and what is sent there is not for this one. */}
      <form
        noValidate
        className="flex max-w-md flex-col gap-4"
        onSubmit={form.submit(() => {
          save.reset();
          if (isShorter(months, kept)) setAsked(true);
          else send();
        })}
      >
        <SelectField
          name="how"
          title="Keep data"
          value={how}
          onValue={(next) => {
            save.reset();
            setHow(next === "ever" ? "ever" : "months");
          }}
          problem={null}
        >
          <option value="ever">For ever</option>
          <option value="months">For a number of months</option>
        </SelectField>
        {limited && (
          <TextField
            {...form.field("months")}
            title="Months"
            inputMode="numeric"
            autoComplete="off"
            required
            hint={`Besides the month that is under way. ${older} is erased, and nobody can bring it back.`}
          />
        )}
        {!asked && unsaid && <Refusal error={unsaid} />}
        <Button
          ref={button}
          type="submit"
          variant="primary"
          className="self-start"
          disabled={save.isPending || (isRight && months === kept)}
        >
          {save.isPending ? "Saving…" : "Save"}
        </Button>
      </form>
      {asked && (
        <ConfirmDialog
          title={`Keep data ${timeInWords(months)} only?`}
          typed={{ what: "name", phrase: organization }}
          action="Erase what is older"
          busy={save.isPending}
          error={unsaid}
          onConfirm={send}
          onClose={() => {
            save.reset();
            setAsked(false);
          }}
          returnTo={() => button.current ?? card()}
        >
          {older} is erased from all stores, beginning now. Figures of that time are gone with it, and nobody
          can bring them back.
        </ConfirmDialog>
      )}
    </>
  );
}
