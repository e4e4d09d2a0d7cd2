import type { Dimension } from "@/lib/api/types";
import type { DashboardFilter, FilterOperator } from "@/lib/dashboards/document";

/** The operators that are offered, in words between a dimension and its values. */
export const OPERATOR_TITLES: Partial<Record<FilterOperator, string>> = {
  in: "is any of",
  notIn: "is none of",
  contains: "contains",
  notContains: "does not contain",
  startsWith: "begins with",
  endsWith: "ends with",
  set: "is known",
  notSet: "is not known",
};

/** With one value, an operator says what another says with several. */
const SINGLE: Partial<Record<FilterOperator, string>> = {
  in: "is",
  equals: "is",
  notIn: "is not",
  notEquals: "is not",
};

export function dimensionTitle(id: string, dimensions: readonly Dimension[]): string {
  return dimensions.find((dimension) => dimension.id === id)?.title ?? id;
}

/** A filter in words: "Country is US or CA". */
export function filterWords(
  { dimension, operator, values }: DashboardFilter,
  dimensions: readonly Dimension[],
): string {
  const title = dimensionTitle(dimension, dimensions);
  const how = (values.length === 1 ? SINGLE[operator] : undefined) ?? OPERATOR_TITLES[operator] ?? operator;
  const shown = values.length > 3 ? [...values.slice(0, 2), `${values.length - 2} more`] : values;
  return [title, how, shown.join(", ")].filter(Boolean).join(" ");
}
