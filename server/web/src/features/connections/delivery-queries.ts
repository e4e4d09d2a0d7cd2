import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Integration } from "@/lib/api/types";
import { connectionsQuery } from "./queries";

const PAGE = 20;

const deliveriesKey = (connectionId: string) => ["deliveries", connectionId] as const;

/** The messages to a connection that could not be used, the newest first. */
export function deliveriesQuery(connectionId: string) {
  return infiniteQueryOptions({
    queryKey: deliveriesKey(connectionId),
    queryFn: ({ signal, pageParam }) =>
      answer(
        api.GET("/api/integrations/{id}/deliveries", {
          params: {
            path: { id: connectionId },
            query: { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    select: (data) => data.pages.flatMap((page) => page.deliveries),
    // Whoever opens the list wants to see what is so now.
    staleTime: 0,
    gcTime: 0,
  });
}

/** What a message says. It may be about people: nothing of it stays when it is not shown any more. */
export function deliveryQuery(id: string) {
  return queryOptions({
    queryKey: ["delivery", id],
    queryFn: ({ signal }) => answer(api.GET("/api/deliveries/{id}", { params: { path: { id } }, signal })),
    staleTime: Infinity,
    gcTime: 0,
  });
}

/** Each change is under way until the list has been read again. */
function useReread({ id, store_id }: Integration) {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: connectionsQuery(store_id).queryKey });
    return queries.invalidateQueries({ queryKey: deliveriesKey(id) });
  };
}

/** Has a message tried again, or with `null` all of the connection; tells how many, even if what was pressed is gone by then. */
export function useReplay(connection: Integration, onTried: (count: number) => void) {
  return useMutation({
    mutationFn: (delivery: string | null) =>
      answer(
        api.POST("/api/integrations/{id}/deliveries/replay", {
          params: { path: { id: connection.id } },
          body: delivery === null ? {} : { delivery_id: delivery },
        }),
      ),
    onSuccess: ({ deliveries }) => onTried(deliveries),
    onSettled: useReread(connection),
  });
}

export function useDiscard(connection: Integration) {
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/deliveries/{id}", { params: { path: { id } } })),
    onSettled: useReread(connection),
  });
}
