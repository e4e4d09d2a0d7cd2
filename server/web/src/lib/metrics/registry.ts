import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import { sentence } from "@/lib/format/text";

/** What can be asked for and what it means; it changes only with the server. */
export const registryQuery = queryOptions({
  queryKey: ["registry"],
  queryFn: ({ signal }) => answer(api.GET("/api/metrics", { signal })),
  staleTime: Infinity,
});

/** What exactly a metric counts, in the server's words; null until they are there. */
export function useMetricDescription(id: string): string | null {
  const { data } = useQuery(registryQuery);
  const description = data?.metrics.find((metric) => metric.id === id)?.description;
  return description ? sentence(description) : null;
}
