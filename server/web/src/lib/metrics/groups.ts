import type { QueryColumn, QueryResponse } from "@/lib/api/types";
import { locale } from "@/lib/format/locale";
import type { Row } from "./response";

/** What a row is about, when rows are cut by something. */
export interface GroupValue {
  /** The value as it is stored; null where rows have none, or are all others. */
  value: string | null;
  /** Whether it stands for all that are not among the largest. */
  isOther: boolean;
  /** Its name for people. */
  title: string;
}

/** What rows are cut by; the steps of a funnel are no such thing. */
export function dimensionsIn(response: QueryResponse): QueryColumn[] {
  return response.columns.filter(
    ({ role, key }) => role === "dimension" && key !== "step" && key !== "label",
  );
}

export function metricsIn(response: QueryResponse): QueryColumn[] {
  return response.columns.filter(({ role }) => role === "metric");
}

function countryName(value: string): string | null {
  if (!/^[A-Z]{2}$/.test(value)) return null;
  return new Intl.DisplayNames(locale(), { type: "region", fallback: "none" }).of(value) ?? null;
}

/** The name of a value for people: stores by their names, countries in the reader's language, others as they are. */
export function valueTitle(
  dimension: { key: string; title: string },
  value: string | null,
  stores: QueryResponse["meta"]["stores"],
): string {
  if (value === null || value === "") return `No ${dimension.title.toLowerCase()}`;
  if (dimension.key === "store") return stores.find(({ id }) => id === value)?.name ?? value;
  if (dimension.key === "country") return countryName(value) ?? value;
  if (dimension.key === "customer_type") return value.charAt(0).toUpperCase() + value.slice(1);
  if (dimension.key === "rating") return value === "1" ? "1 star" : `${value} stars`;
  return value;
}

export function groupOf(row: Row, dimension: QueryColumn, response: QueryResponse): GroupValue {
  const found: unknown = row[dimension.key];
  const value = typeof found === "string" ? found : typeof found === "number" ? String(found) : null;
  const isOther = row.other === true && value === null;
  return {
    value,
    isOther,
    title: isOther ? "All others" : valueTitle(dimension, value, response.meta.stores),
  };
}
