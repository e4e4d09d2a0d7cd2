import { defaultParseSearch, defaultStringifySearch } from "@tanstack/react-router";
import type { Store } from "@/lib/api/types";
import { parseComparison, parseRange, type Comparison } from "@/lib/metrics/range";
import type { DashboardFilter, DashboardSettings, DashboardView, FilterOperator } from "./document";
import { LIMITS } from "./limits";

/** How many values an operator takes. */
export const OPERATORS: Record<FilterOperator, "none" | "one" | "some"> = {
  equals: "one",
  notEquals: "one",
  contains: "one",
  notContains: "one",
  startsWith: "one",
  endsWith: "one",
  in: "some",
  notIn: "some",
  set: "none",
  notSet: "none",
};

/** A filter as it stands in an address: the dimension, the operator and the values, one after the other. */
export type FilterText = string[];

/** How a dashboard is looked at, as far as it is not as its settings have it. */
export interface ViewSearch {
  range?: string;
  compare?: Comparison;
  /** Ids with commas between them, or `all`. */
  stores?: string;
  /** The filters, in place of those of the settings; none of them for an empty list. */
  f?: FilterText[];
  /** A currency, or `own` for that of the stores. */
  currency?: string;
}

/** What the address of a dashboard holds. What is absent has its default. */
export interface DashboardSearch extends ViewSearch {
  /** The saved view that was chosen. */
  view?: string;
  /** Whether it is being changed. */
  edit?: true;
  /** The widget that is changed. */
  widget?: string;
  /** What is open beside it. */
  show?: "history" | "annotations";
}

function isOperator(text: string): text is FilterOperator {
  return Object.hasOwn(OPERATORS, text);
}

function parseFilter(text: unknown): DashboardFilter | null {
  if (!Array.isArray(text) || !text.every((part): part is string => typeof part === "string")) return null;
  const [dimension, operator, ...values] = text;
  if (!dimension || operator === undefined || !isOperator(operator)) return null;
  const wanted = OPERATORS[operator];
  const fits =
    wanted === "none" ? values.length === 0 : wanted === "one" ? values.length === 1 : values.length > 0;
  return fits ? { dimension, operator, values } : null;
}

function writeFilter({ dimension, operator, values }: DashboardFilter): FilterText {
  return [dimension, operator, ...values];
}

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

function parseStores(text: unknown): string | undefined {
  if (text === "all") return text;
  if (typeof text !== "string") return undefined;
  const ids = text.split(",").filter(isUuid);
  return ids.length > 0 ? ids.join(",") : undefined;
}

function parseFilters(list: unknown): FilterText[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return list
    .map(parseFilter)
    .filter((filter) => filter !== null)
    .slice(0, LIMITS.filters)
    .map(writeFilter);
}

/** The part of an address that says how a dashboard is looked at; keeps what it understands. */
export function parseViewSearch(search: Record<string, unknown>): ViewSearch {
  const compare = parseComparison(search.compare);
  const stores = parseStores(search.stores);
  const f = parseFilters(search.f);
  const { currency } = search;
  const isCurrency = typeof currency === "string" && /^([A-Z]{3}|own)$/.test(currency);
  return {
    ...(parseRange(search.range) !== undefined && { range: search.range as string }),
    ...(compare !== undefined && { compare }),
    ...(stores !== undefined && { stores }),
    ...(f !== undefined && { f }),
    ...(isCurrency && { currency }),
  };
}

/** Keeps what it understands of an address and leaves out the rest. */
export function parseDashboardSearch(search: Record<string, unknown>): DashboardSearch {
  const { view, edit, widget, show } = search;
  return {
    ...parseViewSearch(search),
    ...(typeof view === "string" && isUuid(view) && { view }),
    ...(edit === true && { edit: true as const }),
    ...(edit === true && typeof widget === "string" && /^[a-z0-9]{6,32}$/.test(widget) && { widget }),
    ...((show === "history" || show === "annotations") && { show }),
  };
}

/** The stores that an address or the settings name, of those that there are and in their order; all where none is left. */
function chosenStores(named: readonly string[] | null, stores: readonly Pick<Store, "id">[]): string[] {
  const ids = stores.map(({ id }) => id);
  const chosen = named ? ids.filter((id) => named.includes(id)) : [];
  return chosen.length > 0 ? chosen : ids;
}

/**
 * The currency that amounts are told in. Amounts of several currencies cannot be added up, so where none is named it is the one that
 * most of the stores trade in, and of several the first by name.
 */
export function reportCurrency(
  named: string | null,
  chosen: readonly Pick<Store, "currency">[],
): string | null {
  if (named !== null) return named;
  const counts = new Map<string, number>();
  for (const { currency } of chosen) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  if (counts.size < 2) return null;
  const [most] = [...counts].sort(([a, times], [b, more]) => more - times || a.localeCompare(b));
  return most?.[0] ?? null;
}

/** The day that the weeks of all of the stores begin on: the first one's, where they differ. */
export function commonWeek(chosen: readonly Pick<Store, "week_start">[]): DashboardView["week_start"] {
  const [first, ...others] = chosen;
  if (!first || others.every(({ week_start }) => week_start === first.week_start)) return undefined;
  return first.week_start as DashboardView["week_start"];
}

/** The currency that the address or the settings name; null where nobody chose one. */
export function namedCurrency(settings: DashboardSettings, search: ViewSearch): string | null {
  const named = search.currency ?? settings.currency;
  return named === "own" ? null : named;
}

/** The zone of the hours of all of the stores: the first one's, where they differ. */
export function commonZone(chosen: readonly Pick<Store, "timezone">[]): string | undefined {
  const [first, ...others] = chosen;
  return others.some(({ timezone }) => timezone !== first?.timezone) ? first?.timezone : undefined;
}

/** How a dashboard is looked at: what the address says, over the dashboard's settings. */
export function viewOf(
  settings: DashboardSettings,
  search: ViewSearch,
  stores: readonly Pick<Store, "id" | "currency" | "week_start" | "timezone">[],
): DashboardView {
  const named = search.stores?.split(",") ?? settings.stores;
  const chosen = chosenStores(search.stores === "all" ? null : named, stores);
  const those = stores.filter(({ id }) => chosen.includes(id));
  const weekStart = commonWeek(those);
  const timezone = commonZone(those);
  return {
    range: search.range ?? settings.range,
    compare: search.compare ?? settings.compare,
    stores: chosen,
    currency: reportCurrency(namedCurrency(settings, search), those),
    ...(weekStart && { week_start: weekStart }),
    ...(timezone && { timezone }),
    filters:
      search.f === undefined
        ? settings.filters
        : search.f.map(parseFilter).filter((filter) => filter !== null),
  };
}

function sameStores(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id) => other.includes(id));
}

function storesText(
  settings: DashboardSettings,
  chosen: readonly string[],
  stores: readonly Pick<Store, "id">[],
): string | undefined {
  if (sameStores(chosen, chosenStores(settings.stores, stores))) return undefined;
  return chosen.length === stores.length ? "all" : chosen.join(",");
}

/** What a change of the view is in the address; what is as the settings have it leaves it. */
export function searchOf(
  settings: DashboardSettings,
  change: Partial<DashboardView>,
  stores: readonly Pick<Store, "id">[],
): ViewSearch {
  const { range, compare, currency, filters } = change;
  const f = filters?.map(writeFilter);
  return {
    ...(range !== undefined && { range: range === settings.range ? undefined : range }),
    ...(compare !== undefined && { compare: compare === settings.compare ? undefined : compare }),
    ...(change.stores && { stores: storesText(settings, change.stores, stores) }),
    ...(currency !== undefined && {
      currency: currency === settings.currency ? undefined : (currency ?? "own"),
    }),
    ...(f && {
      f: JSON.stringify(f) === JSON.stringify(settings.filters.map(writeFilter)) ? undefined : f,
    }),
  };
}

/** A view as it is saved: the part of the address behind `?`. */
export function writeSearch(search: ViewSearch): string {
  return defaultStringifySearch(parseViewSearch({ ...search })).replace(/^\?/, "");
}

/** The inverse of `writeSearch`. */
export function readSearch(text: string): ViewSearch {
  return parseViewSearch(defaultParseSearch(`?${text}`));
}

/** Whether two searches show the same. */
export function isSameView(one: ViewSearch, other: ViewSearch): boolean {
  return writeSearch(one) === writeSearch(other);
}
