import { useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { ErrorState } from "@/components/ui/states";
import type { Store } from "@/lib/api/types";
import { addDays, isLocalDate, todayIn, type LocalDate } from "@/lib/dates";
import { useFields } from "@/lib/use-fields";
import { useRequestSync } from "./queries";
import type { Source } from "./states";

interface SyncDialogProps {
  source: Source;
  store: Store;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

export function FullSyncDialog({ source, store, onClose, returnTo }: SyncDialogProps) {
  const request = useRequestSync(source.connection);
  return (
    <ConfirmDialog
      title={`Read everything of ${source.title} again?`}
      action={request.isPending ? "Asking…" : "Read everything"}
      busy={request.isPending}
      error={request.error}
      onConfirm={() => request.mutate({ kind: "full" }, { onSuccess: onClose })}
      onClose={onClose}
      returnTo={returnTo}
    >
      All that it has is read from its first day on, which can take hours. What {store.name} has of it stays
      meanwhile, and nothing is counted twice.
    </ConfirmDialog>
  );
}

export function RebuildDialog({ source, store, onClose, returnTo }: SyncDialogProps) {
  const request = useRequestSync(source.connection);
  return (
    <ConfirmDialog
      title={`Make the rows of ${source.title} anew?`}
      action={request.isPending ? "Asking…" : "Make them anew"}
      busy={request.isPending}
      error={request.error}
      onConfirm={() => request.mutate({ kind: "rebuild" }, { onSuccess: onClose })}
      onClose={onClose}
      returnTo={returnTo}
    >
      They are made of what {source.title} answered, which was kept: nothing is asked of it again. What{" "}
      {store.name} has stays meanwhile, and nothing is counted twice.
    </ConfirmDialog>
  );
}

function dayCheck(day: LocalDate): string | null {
  return isLocalDate(day) ? null : "Give a day.";
}

export function RangeSyncDialog({ source, store, onClose, returnTo }: SyncDialogProps) {
  const { title, connection } = source;
  const today = todayIn(connection.account?.timezone ?? store.timezone);
  const [first, setFirst] = useState(addDays(today, -7));
  const form = useFields({
    first_day: { initial: first, check: dayCheck, early: true, pointer: "/first_day" },
    last_day: {
      initial: today,
      check: (last) => dayCheck(last) ?? (first > last ? "The last day must not be before the first." : null),
      early: true,
      pointer: "/last_day",
    },
  });
  const request = useRequestSync(connection);
  const send = () => {
    if (request.isPending) return;
    request.mutate({ kind: "range", ...form.values }, { onSuccess: onClose, onError: form.refuse });
  };
  return (
    <FormDialog
      title={`Read some days of ${title} again`}
      lead="Both days are read, and those between them. What is there of them stays meanwhile, and nothing is counted twice."
      action={request.isPending ? "Asking…" : "Read these days"}
      busy={request.isPending}
      onSubmit={form.submit(send)}
      onClose={onClose}
      returnTo={returnTo}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          {...form.field("first_day")}
          title="First day"
          type="date"
          required
          onValue={(day) => {
            form.set("first_day", day);
            setFirst(day);
          }}
        />
        <TextField {...form.field("last_day")} title="Last day" type="date" required />
      </div>
      {request.error && !form.tells(request.error) && (
        <ErrorState title={`${title} could not be read`} error={request.error} />
      )}
    </FormDialog>
  );
}
