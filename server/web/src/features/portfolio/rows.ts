import type { QueryResponse, Store } from "@/lib/api/types";
import { toNumber, type Measure, type Value } from "@/lib/format/number";
import {
  changeOf,
  goodWay,
  measureOf,
  totalChangeOf,
  totalOf,
  valueOf,
  type Change,
} from "@/lib/metrics/response";
import { FIGURES, type FigureId, type Sort } from "./columns";
import type { Group } from "./query";

export interface Figure {
  value: Value;
  change: Change | null;
  measure: Measure;
  /** Which way is good; null where a change says nothing. */
  higherIsBetter: boolean | null;
}

export interface StoreRow {
  store: Store;
  figures: Record<FigureId, Figure>;
  /** Revenue by time, oldest first. */
  trend: { values: (number | null)[]; partial: boolean[] };
}

function figuresOf(
  response: QueryResponse,
  read: (key: string) => [Value, Change | null],
): StoreRow["figures"] {
  const figures = FIGURES.map(({ id, metric }) => {
    const [value, change] = read(metric);
    const measure = measureOf(response, metric);
    return [id, { value, change, measure, higherIsBetter: goodWay(response, metric) }] as const;
  });
  return Object.fromEntries(figures) as StoreRow["figures"];
}

function trendOf({ trend }: Group, storeId: string): StoreRow["trend"] {
  const rows = trend?.rows.filter((row) => row.store === storeId) ?? [];
  const cut = new Set([...(trend?.meta.incomplete ?? []), ...(trend?.meta.clipped ?? [])]);
  return {
    values: rows.map((row) => toNumber(valueOf(row, FIGURES[0].metric))),
    partial: rows.map((row) => cut.has(String(row.time))),
  };
}

/** One row for each store, also for those of which nothing is known. */
export function rowsOf(stores: readonly Store[], groups: readonly Group[]): StoreRow[] {
  return stores.flatMap((store) => {
    const group = groups.find(({ totals }) => totals.meta.stores.some(({ id }) => id === store.id));
    if (!group) return [];
    const row = group.totals.rows.find((told) => told.store === store.id);
    const figures = figuresOf(group.totals, (key) => [
      row ? valueOf(row, key) : null,
      row ? changeOf(row, key) : null,
    ]);
    return [{ store, figures, trend: trendOf(group, store.id) }];
  });
}

/** All stores together; null where their amounts are not in one currency. */
export function sumOf(groups: readonly Group[]): StoreRow["figures"] | null {
  const [only] = groups;
  if (!only || groups.length > 1) return null;
  return figuresOf(only.totals, (key) => [totalOf(only.totals, key), totalChangeOf(only.totals, key)]);
}

/** In the order that is asked for; what is not known comes last, whichever way it goes. */
export function sorted(rows: readonly StoreRow[], sort: Sort): StoreRow[] {
  const down = sort.startsWith("-");
  const key = (down ? sort.slice(1) : sort) as FigureId | "name";
  const byName = (a: StoreRow, b: StoreRow) => a.store.name.localeCompare(b.store.name);
  return [...rows].sort((a, b) => {
    if (key === "name") return down ? byName(b, a) : byName(a, b);
    const [first, second] = [toNumber(a.figures[key].value), toNumber(b.figures[key].value)];
    if (first === null || second === null) {
      return Number(first === null) - Number(second === null) || byName(a, b);
    }
    return (down ? second - first : first - second) || byName(a, b);
  });
}
