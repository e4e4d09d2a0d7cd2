import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Customers, Erasure } from "@/lib/api/types";

export const retentionQuery = queryOptions({
  queryKey: ["retention"],
  queryFn: ({ signal }) => answer(api.GET("/api/retention", { signal })),
});

export function useSetRetention() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (months: number | null) => answer(api.PUT("/api/retention", { body: { months } })),
    onSuccess: (kept) => queries.setQueryData(retentionQuery.queryKey, kept),
  });
}

export function isWaiting({ status }: Pick<Erasure, "status">): boolean {
  return status === "waiting";
}

const POLL_MS = 2000;
/** Where it could not be asked how far they are. */
const POLL_AGAIN_MS = 15_000;

export const erasuresQuery = queryOptions({
  queryKey: ["erasures"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/erasures", { signal }))).erasures,
  refetchInterval: ({ state }) => {
    if (!state.data?.some(isWaiting)) return false;
    return state.status === "error" ? POLL_AGAIN_MS : POLL_MS;
  },
});

export const requestsQuery = queryOptions({
  queryKey: ["customer-requests"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/customer-requests", { signal }))).requests,
});

export function useAnswerRequest() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.POST("/api/customer-requests/{id}/answer", { params: { path: { id } } })),
    // Under way until the list has been read again.
    onSuccess: () => queries.invalidateQueries({ queryKey: requestsQuery.queryKey }),
  });
}

interface About {
  store: string;
  customers: Customers;
}

/** What is kept of customers, as the file that it is given out as: amounts stay as they were written. */
export function useExportCustomers() {
  return useMutation({
    mutationFn: ({ store, customers }: About) =>
      answer(
        api.POST("/api/stores/{id}/customers/export", {
          params: { path: { id: store } },
          body: customers,
          parseAs: "text",
        }),
      ),
    // It is about people: nothing of it stays when the page is gone.
    gcTime: 0,
  });
}

export function useEraseCustomers() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ store, customers }: About) =>
      answer(
        api.POST("/api/stores/{id}/customers/erase", { params: { path: { id: store } }, body: customers }),
      ),
    onSuccess: (erasure) => {
      // It is seen at once, and what comes of it is asked for from there on.
      queries.setQueryData(erasuresQuery.queryKey, (known) => known && [erasure, ...known]);
      void queries.invalidateQueries({ queryKey: erasuresQuery.queryKey });
    },
    gcTime: 0,
  });
}
