import { useState } from "react";
import { CheckboxField } from "@/components/ui/checkbox-field";
import { TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Refusal } from "@/components/ui/refusal";
import type { SavedView } from "@/lib/api/types";
import { writeSearch, type ViewSearch } from "@/lib/dashboards/view";
import { needed, useFields } from "@/lib/use-fields";
import { useSaveView } from "../queries";

interface ViewDialogProps {
  dashboardId: string;
  /** The one that is changed; null for a new one. */
  view: SavedView | null;
  search: ViewSearch;
  /** Whether one may have everybody see it. */
  mayShare: boolean;
  onSaved: (view: SavedView) => void;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

/** What a view is called, and who else sees it. */
export default function ViewDialog(props: ViewDialogProps) {
  const { dashboardId, view, search, mayShare, onSaved, onClose, returnTo } = props;
  const save = useSaveView(dashboardId);
  const [shared, setShared] = useState(view?.is_shared ?? false);
  const fields = useFields({
    name: { initial: view?.name, check: needed("Give it a name."), pointer: "/name" },
  });
  const send = () => {
    const body = { name: fields.values.name.trim(), search: writeSearch(search), is_shared: shared };
    save.mutate({ id: view?.id ?? null, body }, { onSuccess: onSaved, onError: fields.refuse });
  };
  return (
    <FormDialog
      title={view ? "Rename or share a view" : "Save as a view"}
      lead={view ? undefined : "The days, the comparison, the stores and the filters, as they are now."}
      action="Save"
      busy={save.isPending}
      onSubmit={fields.submit(send)}
      onClose={onClose}
      returnTo={returnTo}
    >
      <TextField title="Name" maxLength={200} autoComplete="off" {...fields.field("name")} />
      {(mayShare || shared) && (
        <CheckboxField
          title="Everybody who sees the dashboard sees it"
          hint="Otherwise only you do."
          checked={shared}
          onChecked={setShared}
        />
      )}
      {save.error && !fields.tells(save.error) && <Refusal error={save.error} />}
    </FormDialog>
  );
}
