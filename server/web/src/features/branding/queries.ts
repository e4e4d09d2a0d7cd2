import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Branding } from "@/lib/api/types";

/** How the organisation's pages look. */
export const brandingQuery = queryOptions({
  queryKey: ["branding"],
  queryFn: ({ signal }) => answer(api.GET("/api/branding", { signal })),
  staleTime: 5 * 60_000,
});

export function useSetBranding() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Branding) => answer(api.PUT("/api/branding", { body })),
    onSuccess: (branding) => queries.setQueryData(brandingQuery.queryKey, branding),
  });
}
