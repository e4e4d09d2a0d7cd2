import { TextAreaField, TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Refusal } from "@/components/ui/refusal";
import { useToast } from "@/components/ui/use-toast";
import type { Dashboard } from "@/lib/dashboards/document";
import { LIMITS } from "@/lib/dashboards/limits";
import { needed, useFields } from "@/lib/use-fields";
import { useSaveTemplate } from "./queries";

interface TemplateDialogProps {
  dashboard: Dashboard;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

/** Keeps a dashboard as it is now, for others of the organisation to begin with. */
export function TemplateDialog({ dashboard, onClose, returnTo }: TemplateDialogProps) {
  const save = useSaveTemplate();
  const toast = useToast();
  const fields = useFields({
    name: { initial: dashboard.name, check: needed("Give it a name."), pointer: "/name" },
    description: { initial: dashboard.description, pointer: "/description" },
  });
  const send = () => {
    const name = fields.values.name.trim();
    save.mutate(
      { name, description: fields.values.description.trim(), dashboard_id: dashboard.id },
      {
        onSuccess: () => {
          toast.show({ title: `“${name}” is a template now` });
          onClose();
        },
        onError: fields.refuse,
      },
    );
  };
  return (
    <FormDialog
      title="Keep as a template"
      lead="Everybody in the organisation can begin a dashboard with it. What is changed here later does not change the template."
      action="Keep it"
      busy={save.isPending}
      onSubmit={fields.submit(send)}
      onClose={onClose}
      returnTo={returnTo}
    >
      <TextField title="Name" maxLength={LIMITS.name} autoComplete="off" {...fields.field("name")} />
      <TextAreaField
        title="What it is good for"
        rows={3}
        maxLength={LIMITS.description}
        {...fields.field("description")}
      />
      {save.error && !fields.tells(save.error) && <Refusal error={save.error} />}
    </FormDialog>
  );
}
