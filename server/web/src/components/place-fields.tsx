import { useMemo } from "react";
import { SelectField } from "@/components/ui/field";
import { ownZone } from "@/lib/format/date";
import { currencies, firstWeekDay, timeZones, weekDays } from "@/lib/places";
import { needed, type useFields } from "@/lib/use-fields";

type Key = "currency" | "timezone" | "week_start";

/** What is asked of where a store trades; `at` is where the server speaks of the store. */
export function placeRules(at = "") {
  return {
    currency: { check: needed("Choose a currency."), pointer: `${at}/currency` },
    timezone: { initial: ownZone(), check: needed("Choose a time zone."), pointer: `${at}/timezone` },
    week_start: { initial: firstWeekDay(), pointer: `${at}/week_start` },
  };
}

type Field = ReturnType<typeof useFields<Key>>["field"];

/** The currency, the first day of the week and the zone of a store. */
export function PlaceFields({ field }: { field: Field }) {
  const choices = useMemo(() => ({ ...currencies(), zones: timeZones(), days: weekDays() }), []);
  return (
    <>
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
