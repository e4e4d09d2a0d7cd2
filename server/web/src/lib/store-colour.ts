const SERIES = 8;

/** A store's colour out of the chart palette: the same wherever the store is shown. */
export function storeColour(storeId: string, stores: readonly { id: string }[]): string {
  const ids = stores.map((store) => store.id).sort();
  return `var(--series-${(Math.max(ids.indexOf(storeId), 0) % SERIES) + 1})`;
}
