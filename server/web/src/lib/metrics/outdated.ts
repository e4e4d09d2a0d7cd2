import type { Query, QueryClient } from "@tanstack/react-query";
import type { QueryResponse } from "@/lib/api/types";
import { metricsKeys } from "./query";
import type { Rounds, Versions } from "./rounds";

/**
 * Has answers asked for again that are older than what is told of their stores, until the function that is given back is called. What
 * is on its way is waited for, and asked for again if it comes too late. `onRound` hears what was told before each round.
 */
export function keepFresh(
  queries: QueryClient,
  rounds: Rounds,
  onRound: (versions: Versions) => void,
): () => void {
  const cache = queries.getQueryCache();
  // An answer that is old though it was asked for afterwards is not asked for without end.
  const asked = new WeakMap<Query, number>();
  const isDue = (query: Query) =>
    isOutdated(query, rounds.versions) && (asked.get(query) ?? -1) < rounds.number;

  const stop = rounds.begin(async (versions) => {
    onRound(versions);
    const due = new Set(cache.findAll({ queryKey: metricsKeys.all, predicate: isDue }));
    for (const query of due) asked.set(query, rounds.number);
    await queries.invalidateQueries({ predicate: (query) => due.has(query) });
  });
  const leave = cache.subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success") return;
    const query = event.query as Query;
    if (query.queryKey[0] === metricsKeys.all[0] && isDue(query)) rounds.again();
  });
  return () => {
    stop();
    leave();
  };
}

function isOutdated({ state }: Query, told: Versions): boolean {
  const answer = state.data as QueryResponse | undefined;
  // What failed is worth another try; what was never there is on its way.
  if (!answer) return state.status === "error" && state.fetchStatus === "idle";
  return Object.entries(answer.meta.versions).some(
    ([store, version]) => typeof version === "number" && version < (told.get(store) ?? version),
  );
}

/** The newest versions of stores that answers are known of. */
export function answeredVersions(queries: QueryClient): Versions {
  const versions = new Map<string, number>();
  for (const { state } of queries.getQueryCache().findAll({ queryKey: metricsKeys.all })) {
    const answer = state.data as QueryResponse | undefined;
    for (const [store, version] of Object.entries(answer?.meta.versions ?? {})) {
      if (typeof version === "number") versions.set(store, Math.max(version, versions.get(store) ?? version));
    }
  }
  return versions;
}
