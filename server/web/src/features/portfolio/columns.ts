/** The figures of a store, in the order of the table. */
export const FIGURES = [
  { id: "revenue", metric: "shopify.revenue", title: "Revenue", isMoney: true },
  { id: "orders", metric: "shopify.orders", title: "Orders", isMoney: false },
  { id: "aov", metric: "shopify.aov", title: "Average order", isMoney: true },
  { id: "conversion", metric: "store.conversion_rate", title: "Conversion", isMoney: false },
] as const;

export type FigureId = (typeof FIGURES)[number]["id"];
export type SortKey = FigureId | "name";
export type Sort = SortKey | `-${SortKey}`;

const KEYS: readonly SortKey[] = ["name", ...FIGURES.map(({ id }) => id)];

export function parseSort(text: unknown): Sort | undefined {
  return KEYS.flatMap((key): Sort[] => [key, `-${key}`]).find((sort) => sort === text);
}

export function sortDirection(sort: Sort, key: SortKey): "asc" | "desc" | null {
  if (sort === key) return "asc";
  return sort === `-${key}` ? "desc" : null;
}

/** Names begin with the first of the alphabet, figures with the largest; once more, the other way round. */
export function toggledSort(sort: Sort, key: SortKey): Sort {
  if (key === "name") return sort === "name" ? "-name" : "name";
  return sort === `-${key}` ? key : `-${key}`;
}
