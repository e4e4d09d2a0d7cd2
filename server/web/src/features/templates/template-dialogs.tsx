import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { TextAreaField, TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Refusal } from "@/components/ui/refusal";
import type { Template } from "@/lib/dashboards/document";
import { needed, useFields } from "@/lib/use-fields";
import { useChangeTemplate, useDeleteTemplate } from "./queries";

interface TemplateDialogProps {
  template: Template & { id: string };
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

export function RenameTemplateDialog({ template, onClose, returnTo }: TemplateDialogProps) {
  const form = useFields({
    name: { initial: template.name, check: needed("Enter a name."), pointer: "/name" },
    description: { initial: template.description, pointer: "/description" },
  });
  const change = useChangeTemplate(template.id);
  const send = () => {
    const { name, description } = form.values;
    change.mutate(
      { name: name.trim(), description: description.trim() },
      { onSuccess: onClose, onError: form.refuse },
    );
  };
  return (
    <FormDialog
      title={`Rename ${template.name}`}
      lead="Dashboards that were made of it stay as they are."
      action={change.isPending ? "Saving…" : "Save"}
      busy={change.isPending}
      onSubmit={form.submit(send)}
      onClose={onClose}
      returnTo={returnTo}
    >
      <TextField {...form.field("name")} title="Name" autoComplete="off" required />
      <TextAreaField {...form.field("description")} title="What it is good for" rows={3} />
      {change.isError && !form.tells(change.error) && <Refusal error={change.error} />}
    </FormDialog>
  );
}

export function DeleteTemplateDialog({ template, onClose, returnTo }: TemplateDialogProps) {
  const deletion = useDeleteTemplate(template.id);
  return (
    <ConfirmDialog
      title={`Delete the template ${template.name}?`}
      typed={{ what: "name", phrase: template.name }}
      action={deletion.isPending ? "Deleting…" : "Delete"}
      busy={deletion.isPending}
      error={deletion.error}
      onConfirm={() => deletion.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
      returnTo={returnTo}
    >
      Nobody in your organisation can make a dashboard of it any more. Dashboards that were made of it stay.
    </ConfirmDialog>
  );
}
