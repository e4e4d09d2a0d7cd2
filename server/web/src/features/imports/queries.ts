import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Import } from "@/lib/api/types";

const POLL_MS = 800;

export function isActive(item: Import): boolean {
  return item.status === "queued" || item.status === "running";
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
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.imports.some(isActive)) ? POLL_MS : false,
  });
}

/** One import, until it is done. */
export function importQuery(id: string) {
  return queryOptions({
    queryKey: importsKeys.one(id),
    queryFn: ({ signal }) => answer(api.GET("/api/imports/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && !isActive(state.data) ? false : POLL_MS),
  });
}
