import type { Store } from "@/lib/api/types";
import type { Freshness } from "@/lib/metrics/data-source";
import { useFresh } from "@/lib/metrics/freshness";

/** Keeps the figures of a store fresh, and says when what is there of the store is another than before. */
export function useFreshFigures(store: Store, onChanged: () => void): Freshness {
  return useFresh([store.id], (versions) => {
    if ((versions.get(store.id) ?? store.version) !== store.version) onChanged();
  });
}
