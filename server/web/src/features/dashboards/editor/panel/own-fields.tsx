import { useState } from "react";
import { CheckboxField } from "@/components/ui/checkbox-field";
import { SelectField, TextField } from "@/components/ui/field";
import type { Widget } from "@/lib/dashboards/document";
import { isLocalDate } from "@/lib/dates";
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
import { todayIn } from "@/lib/dates";
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
          key={own.range}
          from={range.from}
          to={range.to}
          onDays={(days) => change.own({ range: days })}
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

function DaysFields({ from, to, onDays }: { from: string; to: string; onDays: (days: string) => void }) {
  const [draft, setDraft] = useState({ from, to });
  const problem = (day: string) => (isLocalDate(day) ? null : "Give a day.");
  const keep = (next: typeof draft) => {
    setDraft(next);
    if (isLocalDate(next.from) && isLocalDate(next.to) && next.from <= next.to)
      onDays(`${next.from}..${next.to}`);
  };
  const backwards = isLocalDate(draft.from) && isLocalDate(draft.to) && draft.to < draft.from;
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
