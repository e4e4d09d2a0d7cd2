import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import { filterOf, type AuditSearch } from "./search";

/** What was done, newest first. */
export function auditQuery(search: AuditSearch) {
  const filter = filterOf(search);
  return infiniteQueryOptions({
    queryKey: ["audit", filter],
    queryFn: ({ signal, pageParam }) =>
      answer(
        api.GET("/api/audit", {
          params: { query: { ...filter, ...(pageParam !== null && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    select: (data) => data.pages.flatMap((page) => page.events),
    placeholderData: keepPreviousData,
  });
}

/** The latest events, whatever is asked for: what they are is what can be asked for alone. */
export const latestQuery = queryOptions({
  queryKey: ["audit", "latest"],
  queryFn: async ({ signal }) =>
    (await answer(api.GET("/api/audit", { params: { query: { limit: 500 } }, signal }))).events,
  staleTime: 5 * 60_000,
});
