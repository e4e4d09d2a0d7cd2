import { PlaceFields, placeRules } from "@/components/place-fields";
import { TextField } from "@/components/ui/field";
import { needed, type useFields } from "@/lib/use-fields";
import type { FirstStore } from "@/lib/api/types";

type Key = "organization" | "store" | "currency" | "timezone" | "week_start";

/** What is asked of a new organisation and its first store. */
export function storeRules() {
  return {
    organization: { check: needed("Enter a name."), pointer: "/organization" },
    store: { check: needed("Enter a name."), pointer: "/store/name" },
    ...placeRules("/store"),
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
      <PlaceFields field={field} />
    </>
  );
}
