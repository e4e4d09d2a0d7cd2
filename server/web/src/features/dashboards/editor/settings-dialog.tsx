import { useState } from "react";
import { CheckboxField } from "@/components/ui/checkbox-field";
import { TextAreaField, TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { storesWords } from "@/components/view-bar/store-picker";
import { formatRange } from "@/lib/format/date";
import { LIMITS } from "@/lib/dashboards/limits";
import { COMPARISON_TITLES, parseRange, PRESET_TITLES } from "@/lib/metrics/range";
import { needed, useFields } from "@/lib/use-fields";
import { useEditing, useEditorState } from "./editor-context";

interface SettingsDialogProps {
  /** The currency that somebody chose: what suits the stores of today is not kept for ever. */
  currency: string | null;
  onClose: () => void;
}

function rangeWords(text: string): string {
  const range = parseRange(text);
  if (range === undefined) return text;
  return typeof range === "string" ? PRESET_TITLES[range] : formatRange(range);
}

/** What a dashboard is called, what it is for, and what it shows to whoever opens it. */
export function SettingsDialog({ currency, onClose }: SettingsDialogProps) {
  const { store, view, stores, change } = useEditing();
  const { content } = useEditorState(store);
  const { settings } = content.document;
  const [takesView, setTakesView] = useState(false);
  const fields = useFields({
    name: { initial: content.name, check: needed("Give it a name.") },
    description: { initial: content.description },
  });
  const all = stores.length === view.stores.length;
  const words = [
    rangeWords(view.range),
    COMPARISON_TITLES[view.compare].toLowerCase(),
    storesWords(view.stores, stores),
    currency && `amounts in ${currency}`,
    view.filters.length > 0 && `${view.filters.length} ${view.filters.length === 1 ? "filter" : "filters"}`,
  ];
  const save = () => {
    const { name, description } = fields.values;
    change({ type: "rename", name: name.trim() });
    change({ type: "describe", description: description.trim() });
    if (takesView) {
      const { range, compare, filters } = view;
      change({
        type: "settings",
        settings: { range, compare, currency, filters, stores: all ? null : view.stores },
      });
    }
    onClose();
  };
  return (
    <FormDialog
      title="Settings of the dashboard"
      action="Apply"
      busy={false}
      onSubmit={fields.submit(save)}
      onClose={onClose}
    >
      <TextField title="Name" maxLength={LIMITS.name} autoComplete="off" {...fields.field("name")} />
      <TextAreaField
        title="What it is for"
        rows={3}
        maxLength={LIMITS.description}
        {...fields.field("description")}
      />
      <p className="text-sm text-muted-foreground">
        Whoever opens it sees: {rangeWords(settings.range)},{" "}
        {COMPARISON_TITLES[settings.compare].toLowerCase()},{" "}
        {settings.stores === null ? "all stores" : storesWords(settings.stores, stores)}.
      </p>
      <CheckboxField
        title="Have it open as it is looked at now"
        hint={words.filter(Boolean).join(", ")}
        checked={takesView}
        onChecked={setTakesView}
      />
    </FormDialog>
  );
}
