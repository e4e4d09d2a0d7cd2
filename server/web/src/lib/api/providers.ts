import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";

/** The sources that this server knows. */
export const providersQuery = queryOptions({
  queryKey: ["providers"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/providers", { signal }))).providers,
});
