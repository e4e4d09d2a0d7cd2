import { useState } from "react";
import { CheckboxField } from "@/components/ui/checkbox-field";
import { SelectField, TextField } from "@/components/ui/field";
import type { Widget } from "@/lib/dashboards/document";
import { isLocalDate, todayIn, type DateRange } from "@/lib/dates";
import {
  COMPARISON_TITLES,
  COMPARISONS,
  parseComparison,
  parseRange,
  PRESET_TITLES,
  PRESETS,
  resolveRange,
  writeRange,
  DEFAULT_RANGE,
} from "@/lib/metrics/range";
import { useEditing } from "../editor-context";
import { useWidgetChange } from "./use-widget";

const DASHBOARD = "";
const DAYS = "days";

/** What a widget does not take from its dashboard: its days, what they are compared with, and its stores. */
export function OwnFields({ widget }: { widget: Widget }) {
  const { view, stores } = useEditing();
  const change = useWidgetChange(widget);
  const { own } = widget;
  const range = own.range === null ? undefined : parseRange(own.range);
  const [first] = stores;
  const chooseRange = (value: string) => {
    if (value !== DAYS) {
      change.own({ range: value === DASHBOARD ? null : value });
      return;
    }
    const calendar = { today: todayIn(first?.timezone ?? "UTC"), weekStart: first?.week_start ?? "monday" };
    change.own({ range: writeRange(resolveRange(parseRange(view.range) ?? DEFAULT_RANGE, calendar)) });
  };
  return (
    <>
      <SelectField
        title="Days"
        value={own.range === null ? DASHBOARD : typeof range === "string" ? range : DAYS}
        problem={null}
        onValue={chooseRange}
      >
        <option value={DASHBOARD}>Those of the dashboard</option>
        {PRESETS.map((preset) => (
          <option key={preset} value={preset}>
            {PRESET_TITLES[preset]}
          </option>
        ))}
        <option value={DAYS}>From … to …</option>
      </SelectField>
      {typeof range === "object" && (
        <DaysFields
          key={widget.id}
          from={range.from}
          to={range.to}
          onDays={(days) => change.own({ range: writeRange(days) }, "days")}
        />
      )}
      <SelectField
        title="Compared with"
        value={own.compare ?? DASHBOARD}
        problem={null}
        onValue={(value) => change.own({ compare: parseComparison(value) ?? null })}
      >
        <option value={DASHBOARD}>As the dashboard is</option>
        {COMPARISONS.map((comparison) => (
          <option key={comparison} value={comparison}>
            {COMPARISON_TITLES[comparison]}
          </option>
        ))}
      </SelectField>
      {stores.length > 1 && (
        <fieldset className="flex flex-col gap-1.5">
          <legend className="pb-1.5 text-sm font-medium">Stores</legend>
          <CheckboxField
            title="Those of the dashboard"
            checked={own.stores === null}
            onChecked={(on) => change.own({ stores: on ? null : view.stores })}
          />
          {own.stores !== null &&
            stores.map(({ id, name }) => (
              <CheckboxField
                key={id}
                title={name}
                checked={own.stores?.includes(id) ?? false}
                onChecked={(on) => {
                  const chosen = stores.filter((store) =>
                    store.id === id ? on : own.stores?.includes(store.id),
                  );
                  // One is left at least.
                  if (chosen.length > 0) change.own({ stores: chosen.map((store) => store.id) });
                }}
              />
            ))}
        </fieldset>
      )}
    </>
  );
}

/** A year on the way to being typed, such as 0002, is none that anything is known of. */
function isDay(day: string): boolean {
  return isLocalDate(day) && day >= "1970-01-01" && day <= "2199-12-31";
}

interface DaysFieldsProps extends DateRange {
  onDays: (days: DateRange) => void;
}

/** Two days; what are none, or not in their order, is kept in the fields alone. */
function DaysFields({ from, to, onDays }: DaysFieldsProps) {
  const [draft, setDraft] = useState({ from, to });
  const [seen, setSeen] = useState({ from, to });
  // They were changed elsewhere, as by undoing.
  if (seen.from !== from || seen.to !== to) {
    setSeen({ from, to });
    setDraft({ from, to });
  }
  const problem = (day: string) => (isDay(day) ? null : "A day from 1970 to 2199.");
  const keep = (next: DateRange) => {
    setDraft(next);
    if (!isDay(next.from) || !isDay(next.to) || next.to < next.from) return;
    setSeen(next);
    onDays(next);
  };
  const backwards = isDay(draft.from) && isDay(draft.to) && draft.to < draft.from;
  return (
    <div className="grid grid-cols-2 gap-2">
      <TextField
        title="From"
        type="date"
        value={draft.from}
        problem={problem(draft.from)}
        onValue={(day) => keep({ ...draft, from: day })}
      />
      <TextField
        title="To"
        type="date"
        value={draft.to}
        problem={backwards ? "Not before the first." : problem(draft.to)}
        onValue={(day) => keep({ ...draft, to: day })}
      />
    </div>
  );
}
