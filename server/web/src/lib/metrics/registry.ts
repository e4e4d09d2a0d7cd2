import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Registry } from "@/lib/api/types";
import { sentence } from "@/lib/format/text";

/** What can be asked for and what it means; it changes only with the server. */
const registryQuery = queryOptions<Registry>({
  queryKey: ["registry"],
  queryFn: async ({ signal }) => {
    // The client takes a value that is a text or an object apart, as if texts were objects, and so does not know it again.
    const told: unknown = await answer(api.GET("/api/metrics", { signal }));
    return told as Registry;
  },
  staleTime: Infinity,
});

/** Everything that can be asked for; undefined until it is there. */
export function useRegistry(): Registry | undefined {
  return useQuery(registryQuery).data;
}

/** What exactly a metric counts, in the server's words; null until they are there. */
export function useMetricDescription(id: string): string | null {
  const { data } = useQuery(registryQuery);
  const description = data?.metrics.find((metric) => metric.id === id)?.description;
  return description ? sentence(description) : null;
}
