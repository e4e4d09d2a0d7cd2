import { FIGURES } from "./columns";
import type { StoreRow } from "./rows";

/** What a spreadsheet would take for a formula when it stands at the beginning of a text. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A text that stays a text in a spreadsheet. */
function harmless(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The table as RFC 4180 has it: figures as exact decimals with their currency beside them, one line for each store. */
export function csvOf(rows: readonly StoreRow[]): string {
  const heads = ["Store", "Workspace", "Time zone", "Currency"];
  const figures = FIGURES.flatMap(({ title }) => [title, `${title}, before`, `${title}, change`]);
  const lines = rows.map(({ store, figures: told }) => [
    harmless(store.name),
    harmless(store.workspace.name),
    store.timezone,
    told.revenue.measure.currency ?? "",
    ...FIGURES.flatMap(({ id }) => {
      const { value, change } = told[id];
      return [value ?? "", change?.value ?? "", change?.ratio ?? ""].map(String);
    }),
  ]);
  return [[...heads, ...figures], ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}
