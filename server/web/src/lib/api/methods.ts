import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api } from "./client";

/** What the server offers besides an email and a password, whether one is signed in or not. */
export const methodsQuery = queryOptions({
  queryKey: ["sign-in-methods"],
  queryFn: ({ signal }) => answer(api.GET("/api/auth/methods", { signal })),
  staleTime: Infinity,
  // What is not known is not offered; nothing else on the page depends on it.
  meta: { mayBeUnauthenticated: true },
});

/** Whether the server is known to send no mail: whatever needs one would be refused. */
export function useNoMail(): boolean {
  return useQuery(methodsQuery).data?.mail === false;
}
