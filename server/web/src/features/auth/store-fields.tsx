import { useMemo } from "react";
import { SelectField, TextField } from "@/components/ui/field";
import { ownZone } from "@/lib/format/date";
import { currencies, firstWeekDay, timeZones, weekDays } from "@/lib/places";
import { needed, type useFields } from "@/lib/use-fields";
import type { FirstStore } from "@/lib/api/types";

type Key = "organization" | "store" | "currency" | "timezone" | "week_start";

/** What is asked of a new organisation and its first store. */
export function storeRules() {
  return {
    organization: { check: needed("Enter a name."), pointer: "/organization" },
    store: { check: needed("Enter a name."), pointer: "/store/name" },
    currency: { check: needed("Choose a currency."), pointer: "/store/currency" },
    timezone: { initial: ownZone(), check: needed("Choose a time zone."), pointer: "/store/timezone" },
    week_start: { initial: firstWeekDay(), pointer: "/store/week_start" },
  };
}

export function storeOf(values: Record<Key, string>): { organization: string; store: FirstStore } {
  const { organization, store, currency, timezone, week_start } = values;
  return {
    organization: organization.trim(),
    store: { name: store.trim(), currency, timezone, week_start },
  };
}

type Field = ReturnType<typeof useFields<Key>>["field"];

export function StoreFields({ field }: { field: Field }) {
  const choices = useMemo(() => ({ ...currencies(), zones: timeZones(), days: weekDays() }), []);
  return (
    <>
      <TextField
        {...field("organization")}
        title="Organisation"
        autoComplete="organization"
        required
        hint="Your company, or whoever the stores belong to."
      />
      <TextField {...field("store")} title="Name of your first store" autoComplete="off" required />
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField {...field("currency")} title="Currency" required>
          <option value="" disabled>
            Choose…
          </option>
          <optgroup label="Usual">
            {choices.usual.map(([code, name]) => (
              <option key={code} value={code}>
                {code} · {name}
              </option>
            ))}
          </optgroup>
          <optgroup label="All">
            {choices.all.map(([code, name]) => (
              <option key={code} value={code}>
                {code} · {name}
              </option>
            ))}
          </optgroup>
        </SelectField>
        <SelectField {...field("week_start")} title="Weeks begin on">
          {choices.days.map(([day, name]) => (
            <option key={day} value={day}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <SelectField
        {...field("timezone")}
        title="Time zone"
        required
        hint="Days in your reports are days on the store’s clock."
      >
        {choices.zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll("_", " ")}
          </option>
        ))}
      </SelectField>
    </>
  );
}
