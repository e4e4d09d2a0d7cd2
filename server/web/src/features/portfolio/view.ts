import type { Store, Workspace } from "@/lib/api/types";
import {
  comparisonFor,
  DEFAULT_COMPARISON,
  DEFAULT_RANGE,
  parseComparison,
  parseRange,
  type Comparison,
  type TimeRange,
} from "@/lib/metrics/range";
import { parseSort, type Sort } from "./columns";

/** The most stores that one question can be about. */
export const MOST_STORES = 100;

/** In the address, in the place of a currency: amounts as each store has them. */
export const OWN = "own";

/** What the address of the page holds. What is absent has its default. */
export interface PortfolioSearch {
  workspace?: string;
  range?: string;
  compare?: string;
  currency?: string;
  order?: Sort;
}

/** Keeps what it understands of an address and leaves out the rest. */
export function parsePortfolioSearch(search: Record<string, unknown>): PortfolioSearch {
  const { workspace, range, compare, currency } = search;
  const order = parseSort(search.order);
  return {
    ...(typeof workspace === "string" && workspace !== "" && { workspace }),
    ...(parseRange(range) !== undefined && { range: range as string }),
    ...(parseComparison(compare) !== undefined && { compare: compare as string }),
    ...(typeof currency === "string" && (currency === OWN || /^[A-Z]{3}$/.test(currency)) && { currency }),
    ...(order !== undefined && { order }),
  };
}

export interface PortfolioView {
  /** The stores of the table; null where there are more than can be asked about, and a workspace is to be chosen. */
  stores: Store[] | null;
  /** The workspace that they are of; null for those of all. */
  workspace: string | null;
  range: TimeRange;
  comparison: Comparison;
  /** What all amounts are told in; null where each store's are in its own. */
  currency: string | null;
  sort: Sort;
}

export function workspacesOf(stores: readonly Store[]): Workspace[] {
  const all = new Map(stores.map(({ workspace }) => [workspace.id, workspace]));
  return [...all.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The currency that most of the stores trade in; of several, the first by its code. */
export function usualCurrency(stores: readonly Store[]): string | null {
  const counts = new Map<string, number>();
  for (const { currency } of stores) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  const [first] = [...counts].sort(([a, many], [b, more]) => more - many || a.localeCompare(b));
  return first?.[0] ?? null;
}

/** Whether amounts of these stores can only be told together in a currency that is not everybody's. */
export function differ(stores: readonly Store[]): boolean {
  return new Set(stores.map(({ currency }) => currency)).size > 1;
}

export function portfolioView(all: readonly Store[], search: PortfolioSearch): PortfolioView {
  const workspaces = workspacesOf(all);
  const tooMany = all.length > MOST_STORES;
  const wanted =
    workspaces.find(({ id }) => id === search.workspace) ?? (tooMany ? workspaces[0] : undefined);
  const chosen = wanted ? all.filter(({ workspace }) => workspace.id === wanted.id) : [...all];
  const range = parseRange(search.range) ?? DEFAULT_RANGE;
  const own = search.currency === OWN;
  const told = search.currency ?? (differ(chosen) ? usualCurrency(chosen) : null);
  return {
    stores: chosen.length > MOST_STORES ? null : chosen,
    workspace: wanted?.id ?? null,
    range,
    comparison: comparisonFor(range, parseComparison(search.compare) ?? DEFAULT_COMPARISON),
    currency: own ? null : told,
    sort: search.order ?? (own && differ(chosen) ? "name" : "-revenue"),
  };
}
