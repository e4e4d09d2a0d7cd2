import { storeColour } from "@/lib/store-colour";
import type { QueryResponse } from "@/lib/api/types";
import type { WidgetDisplay } from "@/lib/dashboards/document";

const COLOURS = 8;

/** Most groups are few: they share the colours that go best together, and the others come in when those are taken. */
const FAVOURITES = 5;

/** The colour of what is left when the largest are told. */
export const OTHER_COLOUR = "var(--input)";

/** A number that is always the same for the same text. */
function hash(text: string): number {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 16_777_619) >>> 0;
  }
  return value;
}

export function seriesColour(number: number): string {
  return `var(--series-${((number - 1) % COLOURS) + 1})`;
}

interface Coloured {
  key: string;
  column: string;
  group: string | null;
  isOther: boolean;
}

/**
 * The colour of each series. Groups get theirs by their names, so that one looks the same in all widgets, whatever
 * else is in them; of two with the same the later by name takes the next that is free. Figures go by their order.
 */
export function coloursOf(
  series: readonly Coloured[],
  display: WidgetDisplay,
  response: QueryResponse,
): Map<string, string> {
  const colours = new Map<string, string>();
  const taken = new Set<number>();
  const byStore = response.columns.some(({ key }) => key === "store");
  const give = (key: string, number: number) => {
    taken.add(number);
    colours.set(key, seriesColour(number));
  };
  const open = series.filter((one) => {
    const chosen = display.colours?.[one.group ?? one.column];
    if (chosen !== undefined) {
      give(one.key, chosen);
      return false;
    }
    if (one.isOther) colours.set(one.key, OTHER_COLOUR);
    return !one.isOther;
  });
  const grouped = open.filter(({ group }) => group !== null);
  for (const one of [...grouped].sort((a, b) => ((a.group ?? "") < (b.group ?? "") ? -1 : 1))) {
    if (byStore && response.meta.stores.some(({ id }) => id === one.group)) {
      colours.set(one.key, storeColour(one.group ?? "", response.meta.stores));
      continue;
    }
    give(one.key, freeFrom((hash(one.group ?? "") % FAVOURITES) + 1, taken));
  }
  for (const one of open.filter(({ group }) => group === null)) give(one.key, freeFrom(1, taken));
  return colours;
}

function freeFrom(number: number, taken: ReadonlySet<number>): number {
  for (let step = 0; step < COLOURS; step += 1) {
    const next = ((number - 1 + step) % COLOURS) + 1;
    if (!taken.has(next)) return next;
  }
  return number;
}
