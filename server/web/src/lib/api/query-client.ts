import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./error";

/** Gateways and lost connections are worth a second try; everything else would only fail again. */
function retry(failures: number, error: Error): boolean {
  return failures < 1 && error instanceof ApiError && [0, 502, 503, 504].includes(error.status);
}

export function createQueryClient(onUnauthenticated: () => void): QueryClient {
  const check = (error: Error) => {
    if (error instanceof ApiError && error.isUnauthenticated) onUnauthenticated();
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // Whoever asks who is signed in deals with the answer "nobody".
      onError: (error, query) => {
        if (query.meta?.mayBeUnauthenticated !== true) check(error);
      },
    }),
    mutationCache: new MutationCache({
      onError: (error) => {
        check(error);
        // Somebody gave one another role meanwhile: what one may do, and what one sees, is read again.
        if (error instanceof ApiError && error.code === "role_changed") void client.invalidateQueries();
      },
    }),
    defaultOptions: {
      // The server may be on this very machine, so what the browser thinks of the network does not hold a request back:
      // it is tried, and a failure is shown.
      queries: {
        networkMode: "always",
        retry,
        retryDelay: 600,
        staleTime: 30_000,
        refetchOnWindowFocus: true,
        refetchOnReconnect: true,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
  return client;
}
