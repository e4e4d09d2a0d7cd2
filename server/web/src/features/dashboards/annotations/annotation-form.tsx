import { Button } from "@/components/ui/button";
import { SelectField, TextAreaField, TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import type { Annotation, Store } from "@/lib/api/types";
import { isLocalDate, type LocalDate } from "@/lib/dates";
import { needed, useFields } from "@/lib/use-fields";
import { isOwnKind, KIND_TITLES, OWN_KINDS } from "./kinds";
import { useChangeAnnotation, useCreateAnnotation } from "./queries";

interface AnnotationFormProps {
  /** The one that is changed; null for a new one. */
  annotation: Annotation | null;
  workspaceId: string;
  stores: readonly Store[];
  /** The day that a new one is about unless another is given. */
  day: LocalDate;
  onDone: (title: string) => void;
  onCancel: () => void;
}

function dayCheck(text: string): string | null {
  return isLocalDate(text) ? null : "Give a day.";
}

/** What happened, on which days, and in which store. */
export function AnnotationForm(props: AnnotationFormProps) {
  const { annotation, workspaceId, stores, day, onDone, onCancel } = props;
  const create = useCreateAnnotation();
  const change = useChangeAnnotation();
  const fields = useFields({
    title: { initial: annotation?.title, check: needed("Say what happened."), pointer: "/title" },
    kind: { initial: annotation?.kind ?? "note", pointer: "/kind" },
    store: { initial: annotation?.store_id ?? "", pointer: "/store_id" },
    first: { initial: annotation?.first_day ?? day, check: dayCheck, pointer: "/first_day" },
    last: { initial: annotation?.last_day ?? day, check: dayCheck, pointer: "/last_day" },
    body: { initial: annotation?.body, pointer: "/body" },
  });
  const { title, kind, store, first, last, body } = fields.values;
  const backwards = isLocalDate(first) && isLocalDate(last) && last < first;
  const { isPending: creating, error: refused } = create;
  const { isPending: changing, error: refusedChange } = change;
  const busy = creating || changing;
  const error = refused ?? refusedChange;

  const send = () => {
    if (backwards || !isOwnKind(kind)) return;
    const parts = { title: title.trim(), kind, body: body.trim(), first_day: first, last_day: last };
    const after = { onSuccess: () => onDone(parts.title), onError: fields.refuse };
    if (annotation?.id) change.mutate({ id: annotation.id, body: parts }, after);
    else create.mutate({ ...parts, workspace_id: workspaceId, store_id: store || null }, after);
  };

  return (
    <form noValidate className="flex flex-col gap-3" onSubmit={fields.submit(send)}>
      <TextField title="What happened" maxLength={200} autoComplete="off" {...fields.field("title")} />
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField title="Kind" {...fields.field("kind")}>
          {OWN_KINDS.map((own) => (
            <option key={own} value={own}>
              {KIND_TITLES[own]}
            </option>
          ))}
        </SelectField>
        <SelectField title="Store" disabled={annotation !== null} {...fields.field("store")}>
          <option value="">All stores of the workspace</option>
          {stores.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <TextField title="First day" type="date" {...fields.field("first")} />
        <TextField
          title="Last day"
          type="date"
          {...fields.field("last")}
          {...(backwards && { problem: "The last day must not be before the first." })}
        />
      </div>
      <TextAreaField title="More about it" rows={2} maxLength={2000} {...fields.field("body")} />
      {error && !fields.tells(error) && <Refusal error={error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button disabled={busy} onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" disabled={busy}>
          {annotation ? "Save" : "Add"}
        </Button>
      </div>
    </form>
  );
}
