import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";

export const storesQuery = queryOptions({
  queryKey: ["stores"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/stores", { signal }))).stores,
});
