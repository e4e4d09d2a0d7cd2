import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Import } from "@/lib/api/types";

const POLL_MS = 800;
/** A postponed import is asked after when it is tried again, but no more and no less often than this. */
const POSTPONED_POLL_MS = { least: 5_000, most: 15_000 };

export function isActive(item: Import): boolean {
  return item.status === "queued" || item.status === "running";
}

/** Whether an attempt came to nothing and the import waits for the next one. */
export function isPostponed(item: Import): boolean {
  return item.status === "queued" && Boolean(item.waiting_for);
}

/** How long to wait before asking again after imports that were so at a moment; false when all are over. */
export function pollInterval(imports: Import[], at: number): number | false {
  const active = imports.filter(isActive);
  if (active.length === 0) return false;
  return Math.min(...active.map((item) => (isPostponed(item) ? untilNextTry(item, at) : POLL_MS)));
}

function untilNextTry({ retry_at }: Import, at: number): number {
  const { least, most } = POSTPONED_POLL_MS;
  return retry_at ? Math.min(Math.max(Date.parse(retry_at) - at, least), most) : most;
}

export const importsKeys = {
  store: (storeId: string) => ["imports", storeId] as const,
  one: (id: string) => ["import", id] as const,
};

/** A store's imports, newest first; asked again and again while one of them is under way. */
export function importsQuery(storeId: string) {
  return infiniteQueryOptions({
    queryKey: importsKeys.store(storeId),
    queryFn: ({ signal, pageParam }) =>
      answer(
        api.GET("/api/imports", {
          params: { query: { store_id: storeId, ...(pageParam !== null && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    select: (data) => data.pages.flatMap((page) => page.imports),
    // Counted from when the data came and not from now: an interval that changes begins anew.
    refetchInterval: ({ state }) =>
      pollInterval(state.data?.pages.flatMap((page) => page.imports) ?? [], state.dataUpdatedAt),
  });
}

/** One import, until it is done. */
export function importQuery(id: string) {
  return queryOptions({
    queryKey: importsKeys.one(id),
    queryFn: ({ signal }) => answer(api.GET("/api/imports/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data ? pollInterval([state.data], state.dataUpdatedAt) : POLL_MS),
  });
}
