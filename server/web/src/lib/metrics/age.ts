import { notifyManager, useQueryClient, type Query, type QueryKey } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { ApiError } from "@/lib/api/error";

/** How exactly an age is told, and so how often it is looked at. */
const STEP_MS = 10_000;

/** What is answered where there is no server: nothing, or a gateway's word that there is none behind it. */
const AWAY = [0, 502, 503, 504];

/**
 * How old the oldest of the answers on the page is in milliseconds, while the server is away: while none of them could be had again.
 * Null while it is not.
 */
export function useAge(prefix: QueryKey): number | null {
  const cache = useQueryClient().getQueryCache();
  const subscribe = useCallback(
    (onChange: () => void) => {
      const leave = cache.subscribe(notifyManager.batchCalls(onChange));
      const timer = setInterval(onChange, STEP_MS);
      return () => {
        leave();
        clearInterval(timer);
      };
    },
    [cache],
  );
  return useSyncExternalStore(subscribe, () => ageOf(cache.findAll({ queryKey: prefix })));
}

function ageOf(queries: Query[]): number | null {
  const shown = queries.filter((query) => query.isActive() && query.state.data !== undefined);
  if (shown.length === 0 || !shown.every(isOutOfReach)) return null;
  const oldest = Math.min(...shown.map(({ state }) => state.dataUpdatedAt));
  return Math.max(0, Math.floor((Date.now() - oldest) / STEP_MS) * STEP_MS);
}

function isOutOfReach({ state: { error } }: Query): boolean {
  return error instanceof ApiError && AWAY.includes(error.status);
}
