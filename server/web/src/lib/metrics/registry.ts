import { queryOptions, useQuery } from "@tanstack/react-query";
import { use, useMemo } from "react";
import { answer, api } from "@/lib/api/client";
import type { Registry } from "@/lib/api/types";
import { factsOf, type FactsOf } from "@/lib/dashboards/applicable";
import { sentence } from "@/lib/format/text";
import { DataSourceContext } from "./data-source";

/** What can be asked for and what it means; it changes only with the server. */
export const registryQuery = queryOptions<Registry>({
  queryKey: ["registry"],
  queryFn: async ({ signal }) => {
    // The client takes a value that is a text or an object apart, as if texts were objects, and so does not know it again.
    const told: unknown = await answer(api.GET("/api/metrics", { signal }));
    return told as Registry;
  },
  staleTime: Infinity,
});

/** It is told to who is signed in. Whoever has a link may not ask for it, and has as much of it as came with the link. */
function useRegistryQuery() {
  const isShared = use(DataSourceContext) !== null;
  const { data, isError } = useQuery({ ...registryQuery, enabled: !isShared });
  return { data, isError, isShared };
}

/** Everything that can be asked for; undefined until it is there. */
export function useRegistry(): Registry | undefined {
  return useRegistryQuery().data;
}

/** Of what the server has to judge, as it does for whoever has a link: that everything is possible. */
const ANYTHING: FactsOf = () => undefined;

/** What has to be known of metrics to ask them; undefined until it is. Where nobody tells, the server judges what is asked. */
export function useMetricFacts(): FactsOf | undefined {
  const { data, isError, isShared } = useRegistryQuery();
  return useMemo(() => {
    if (data) return factsOf(data.metrics);
    return isShared || isError ? ANYTHING : undefined;
  }, [data, isShared, isError]);
}

/** What exactly a metric counts, in the server's words; null until they are there. */
export function useMetricDescription(id: string): string | null {
  const description = useRegistry()?.metrics.find((metric) => metric.id === id)?.description;
  return description ? sentence(description) : null;
}
