import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Integration, NewIntegration, OAuthStart, Sync, SyncRequest } from "@/lib/api/types";
import { isUnderWay } from "./syncs";

const POLL_MS = { least: 1000, most: 15_000 };
/** Where nothing is under way: connections are read by the clock and because a source tells of something, too. */
const IDLE_POLL_MS = { alone: 30_000, told: 60_000 };

/**
 * How long to wait before asking again after connections that were so at a moment; false when nothing happens by itself. Who is
 * told of what is read asks for the rest alone: how a connection is, and what could not be used.
 */
export function pollInterval(connections: Integration[], at: number, told = false): number | false {
  const waits = connections.map((connection) => {
    const sync = connection.latest_sync;
    if (sync && isUnderWay(sync)) return told ? POLL_MS.most : untilNews(sync, at);
    if (!connection.next_sync_at) return Infinity;
    return told ? IDLE_POLL_MS.told : IDLE_POLL_MS.alone;
  });
  const least = Math.min(...waits);
  return least === Infinity ? false : least;
}

/** What waits for a time of its own is asked after when that has come, but no less often than now and then. */
function untilNews({ status, due_at }: Sync, at: number): number {
  const { least, most } = POLL_MS;
  return status === "queued" && due_at ? Math.min(Math.max(Date.parse(due_at) - at, least), most) : least;
}

/** The connections of a store; asked again and again while one of them is read, rarer by those who are told of that. */
export function connectionsQuery(storeId: string, told = false) {
  return queryOptions({
    queryKey: ["connections", storeId],
    queryFn: async ({ signal }) =>
      (await answer(api.GET("/api/integrations", { params: { query: { store: storeId } }, signal })))
        .integrations,
    refetchInterval: ({ state }) => {
      const interval = pollInterval(state.data ?? [], state.dataUpdatedAt, told);
      return interval !== false && state.status === "error" ? POLL_MS.most : interval;
    },
  });
}

export const syncsKey = (connectionId: string) => ["syncs", connectionId] as const;

const SYNCS_PAGE = 20;

/** What was read of a connection, the newest first. */
export function syncsQuery(connectionId: string) {
  return infiniteQueryOptions({
    queryKey: syncsKey(connectionId),
    queryFn: ({ signal, pageParam }) =>
      answer(
        api.GET("/api/integrations/{id}/syncs", {
          params: {
            path: { id: connectionId },
            query: { limit: SYNCS_PAGE, ...(pageParam !== null && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    select: (data) => data.pages.flatMap((page) => page.syncs),
  });
}

/** The accounts that a sign-in has opened, as the provider tells them now. */
export function accountsQuery(connectionId: string) {
  return queryOptions({
    queryKey: ["connection-accounts", connectionId],
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET("/api/integrations/{id}/accounts", { params: { path: { id: connectionId } }, signal }),
        )
      ).accounts,
    staleTime: 0,
    gcTime: 0,
  });
}

/** Who belongs to the organisation, and in which workspaces they work. */
export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/members", { signal }))).members,
});

/** Access is shown as the server has it: each change is under way until the list has been read again. */
function useReread(storeId: string) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: connectionsQuery(storeId).queryKey });
}

export function useConnect(storeId: string) {
  return useMutation({
    mutationFn: (body: NewIntegration) => answer(api.POST("/api/integrations", { body })),
    onSuccess: useReread(storeId),
    // There are secrets in it: nothing of them stays when the dialog is gone.
    gcTime: 0,
  });
}

/** Asks where one signs in to a provider. */
export function useDeparture(provider: string) {
  return useMutation({
    mutationFn: (body: OAuthStart) =>
      answer(api.POST("/api/oauth/{provider}/start", { params: { path: { provider } }, body })),
    gcTime: 0,
  });
}

function pathOf({ id }: Pick<Integration, "id">) {
  return { params: { path: { id } } };
}

export function useChooseAccount(connection: Integration) {
  return useMutation({
    mutationFn: (account_id: string) =>
      answer(api.PUT("/api/integrations/{id}/account", { ...pathOf(connection), body: { account_id } })),
    onSuccess: useReread(connection.store_id),
  });
}

export function useTest(connection: Integration) {
  return useMutation({
    mutationFn: () => answer(api.POST("/api/integrations/{id}/test", pathOf(connection))),
    // It may have found that the access was taken back.
    onSuccess: useReread(connection.store_id),
  });
}

export function useDisconnect(connection: Integration) {
  const reread = useReread(connection.store_id);
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/integrations/{id}", pathOf(connection))),
    // Not waited for: the card goes with it, and with the card whoever waits for the answer.
    onSuccess: () => void reread(),
  });
}

/** Shows at once what the server has answered about a sync, and goes on from there. */
function keep(queries: QueryClient, { store_id }: Integration, sync: Sync) {
  const { queryKey } = connectionsQuery(store_id);
  queries.setQueryData(queryKey, (known) => known && withSync(known, sync));
  void queries.invalidateQueries({ queryKey });
}

/** The connections with how far a sync is, unless a later one is known: ids rise with time. */
export function withSync(connections: Integration[], sync: Sync): Integration[] {
  return connections.map((connection) => {
    const known = connection.latest_sync?.id ?? "";
    return connection.id === sync.integration_id && known <= sync.id
      ? { ...connection, latest_sync: sync }
      : connection;
  });
}

export function useRequestSync(connection: Integration) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: SyncRequest) =>
      answer(api.POST("/api/integrations/{id}/sync", { ...pathOf(connection), body })),
    onSuccess: (sync) => keep(queries, connection, sync),
  });
}

export function useCallOff(connection: Integration) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/syncs/{id}", { params: { path: { id } } })),
    onSuccess: (sync) => keep(queries, connection, sync),
  });
}
