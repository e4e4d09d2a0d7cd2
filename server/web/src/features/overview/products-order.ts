import type { ProductSort } from "./view";

export const PRODUCT_REVENUE = "shopify.product_revenue";
export const UNITS = "shopify.units";

export function productOrder(sort: ProductSort): { field: string; direction: "asc" | "desc" } {
  return {
    field: sort.endsWith("units") ? UNITS : PRODUCT_REVENUE,
    direction: sort.startsWith("-") ? "desc" : "asc",
  };
}

/** How a column is sorted, if the table is sorted by it. */
export function sortDirection(sort: ProductSort, column: "revenue" | "units"): "asc" | "desc" | null {
  if (!sort.endsWith(column)) return null;
  return sort.startsWith("-") ? "desc" : "asc";
}

/** What a click on a column's head makes of the order: the largest first, then the other way round. */
export function toggledSort(sort: ProductSort, column: "revenue" | "units"): ProductSort {
  return sort === `-${column}` ? column : `-${column}`;
}
