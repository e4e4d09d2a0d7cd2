import { useMutation, useQueryClient } from "@tanstack/react-query";
import { metricsKeys } from "@/lib/metrics/query";
import { answer, api } from "./client";

/** Has everything read again that a store's data decide. */
function useReread() {
  const queries = useQueryClient();
  return (storeId: string) => {
    void queries.invalidateQueries({ queryKey: ["imports", storeId] });
    void queries.invalidateQueries({ queryKey: metricsKeys.store(storeId) });
    return Promise.all([
      queries.invalidateQueries({ queryKey: ["stores"] }),
      queries.invalidateQueries({ queryKey: ["onboarding"] }),
    ]);
  };
}

/** Fills an empty store with made-up data. The answer is the first of the imports that bring them. */
export function useAddSampleData() {
  const reread = useReread();
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.POST("/api/stores/{id}/sample-data", { params: { path: { id } } })),
    onSettled: (_data, _error, id) => reread(id),
  });
}

/** Erases the made-up data of a store. */
export function useRemoveSampleData() {
  const reread = useReread();
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.DELETE("/api/stores/{id}/sample-data", { params: { path: { id } } })),
    onSettled: (_data, _error, id) => reread(id),
  });
}
