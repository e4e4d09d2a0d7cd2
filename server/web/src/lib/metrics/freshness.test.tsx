import { QueryClientProvider, useQuery, type QueryClient } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { ApiError, unreachable } from "@/lib/api/error";
import { createQueryClient } from "@/lib/api/query-client";
import type { QueryResponse } from "@/lib/api/types";
import { metricResponse } from "@/test/responses";
import { FakeSocket } from "@/test/sockets";
import { DataSourceContext, type DataSource } from "./data-source";
import { useFresh, useFreshDashboard } from "./freshness";
import { metricsKeys } from "./query";

const MUGS = "0192a000-0000-7000-8000-000000000001";
const VASES = "0192a000-0000-7000-8000-000000000002";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.restoreAllMocks());

/** An answer of those versions. */
function answered(versions: Record<string, number>): QueryResponse {
  const { meta, ...response } = metricResponse("shopify.revenue");
  return { ...response, meta: { ...meta, versions: versions } };
}

type Ask = () => Promise<QueryResponse>;

/** A page with one widget about these stores. */
function page(stores: string[], ask: Ask, source: DataSource | null = null, onVersions = vi.fn()) {
  const queries = createQueryClient(() => undefined);
  const asks = vi.fn(ask);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>
      <DataSourceContext value={source}>{children}</DataSourceContext>
    </QueryClientProvider>
  );
  const key = source ? [...source.key, "w"] : [...metricsKeys.stores(stores), "question"];
  const view = renderHook(
    () => {
      useQuery({ queryKey: key, queryFn: asks, retry: false });
      return useFresh(stores, onVersions);
    },
    { wrapper },
  );
  return { queries, asks, onVersions, ...view };
}

async function pass(ms: number) {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}

/** What the socket of a store is told. */
async function tell(store: string, message: object) {
  const socket = FakeSocket.all.findLast(({ url }) => url.endsWith(store));
  act(() => socket?.say({ store_id: store, ...message }));
  await pass(0);
}

const version = (version: number) => ({ type: "dashboard:update", version });

function look(visibility: DocumentVisibilityState) {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(visibility);
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
}

it("asks at once for what is older than what is told, and not for what is as new", async () => {
  let now = 2;
  const { asks } = page([MUGS], () => Promise.resolve(answered({ [MUGS]: (now += 1) })));
  await pass(0);
  await tell(MUGS, version(3));
  expect(asks).toHaveBeenCalledTimes(1);
  await pass(250);
  await tell(MUGS, version(4));
  expect(asks).toHaveBeenCalledTimes(2);
  await pass(10_000);
  expect(asks).toHaveBeenCalledTimes(2);
});

it("begins no round before the one that is under way is over, and a quarter of a second has passed", async () => {
  let newest = 3;
  const { asks } = page([MUGS], async () => {
    const seen = newest;
    await new Promise((resolve) => setTimeout(resolve, 400));
    return answered({ [MUGS]: seen });
  });
  await pass(400);
  for (newest = 4; newest < 10; newest += 1) await tell(MUGS, version(newest));
  newest = 9;
  expect(asks).toHaveBeenCalledTimes(2);
  await pass(399);
  expect(asks).toHaveBeenCalledTimes(2);
  await pass(1);
  expect(asks).toHaveBeenCalledTimes(3);
});

it("asks again for an answer that was on its way when something newer was told", async () => {
  let now = 2;
  const { asks } = page([MUGS], async () => {
    const seen = (now += 1);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return answered({ [MUGS]: seen });
  });
  await tell(MUGS, version(4));
  await pass(999);
  expect(asks).toHaveBeenCalledTimes(1);
  await pass(1);
  expect(asks).toHaveBeenCalledTimes(2);
  await pass(10_000);
  expect(asks).toHaveBeenCalledTimes(2);
});

it("does not ask without end where answers stay older than what is told", async () => {
  const { asks } = page([MUGS], () => Promise.resolve(answered({ [MUGS]: 3 })));
  await pass(0);
  await tell(MUGS, version(4));
  await pass(60_000);
  expect(asks).toHaveBeenCalledTimes(2);
});

it("listens to each store of a dashboard, and is live when it hears of all", async () => {
  let vases = 7;
  const { asks, result } = page([MUGS, VASES], () =>
    Promise.resolve(answered({ [MUGS]: 3, [VASES]: vases })),
  );
  await pass(0);
  await tell(MUGS, version(3));
  expect(result.current.live).toBe(false);
  await tell(VASES, version(7));
  expect(result.current.live).toBe(true);
  expect(asks).toHaveBeenCalledTimes(1);
  vases = 8;
  await pass(500);
  await tell(VASES, version(8));
  expect(asks).toHaveBeenCalledTimes(2);
});

it("asks again when a source of one of its stores was read, and not while it is", async () => {
  const { asks } = page([MUGS, VASES], () => Promise.resolve(answered({ [MUGS]: 3, [VASES]: 7 })));
  await pass(0);
  const sync = (kind: string, status: string) => ({ type: "sync:progress", sync: { id: "y", kind, status } });
  await tell(VASES, sync("incremental", "running"));
  await tell(VASES, sync("things", "done"));
  expect(asks).toHaveBeenCalledTimes(1);
  await tell(VASES, sync("incremental", "done"));
  expect(asks).toHaveBeenCalledTimes(2);
});

it("says which versions are told, before it asks", async () => {
  const { onVersions } = page([MUGS], () => Promise.resolve(answered({ [MUGS]: 4 })));
  await pass(0);
  await tell(MUGS, version(4));
  expect(onVersions.mock.calls.map(([versions]) => [...(versions as Map<string, number>)])).toEqual([
    [[MUGS, 4]],
  ]);
});

describe("where nobody tells", () => {
  it("asks after a few seconds, and then four times a minute", async () => {
    const { asks, onVersions } = page([MUGS], () => Promise.resolve(answered({ [MUGS]: 5 })));
    await pass(4999);
    expect(asks).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(asks).toHaveBeenCalledTimes(2);
    expect(onVersions).toHaveBeenCalledWith(new Map([[MUGS, 5]]));
    await pass(60_000);
    expect(asks).toHaveBeenCalledTimes(6);
  });

  it("stops as soon as somebody does, and begins again when that ends", async () => {
    const { asks } = page([MUGS], () => Promise.resolve(answered({ [MUGS]: 3 })));
    await pass(4000);
    await tell(MUGS, version(3));
    await pass(60_000);
    expect(asks).toHaveBeenCalledTimes(1);
    act(() => FakeSocket.latest.end(1006));
    await pass(5000);
    expect(asks).toHaveBeenCalledTimes(2);
  });

  it("asks for nothing while nobody looks", async () => {
    const { asks } = page([MUGS], () => Promise.resolve(answered({ [MUGS]: 3 })));
    await pass(0);
    look("hidden");
    await pass(120_000);
    expect(asks).toHaveBeenCalledTimes(1);
    look("visible");
    await pass(20_000);
    expect(asks.mock.calls.length).toBeGreaterThan(1);
  });
});

it("opens no sockets for many stores, and asks twice a minute", async () => {
  const stores = Array.from({ length: 7 }, (_, number) => `store-${number}`);
  const { asks, result } = page(stores, () => Promise.resolve(answered({})));
  await pass(5000);
  expect(asks).toHaveBeenCalledTimes(2);
  await pass(60_000);
  expect(asks).toHaveBeenCalledTimes(4);
  expect(FakeSocket.all).toEqual([]);
  expect(result.current.live).toBe(false);
});

it("opens none for whoever has a link either, and asks for what the link shows", async () => {
  const source: DataSource = { ask: () => Promise.resolve(answered({})), key: ["shared", "x"] };
  const { asks } = page([MUGS], () => Promise.resolve(answered({ [MUGS]: 3 })), source);
  await pass(5000);
  expect(FakeSocket.all).toEqual([]);
  expect(asks).toHaveBeenCalledTimes(2);
});

describe("the age of what is shown", () => {
  /** A server that can go away. */
  function goingAway(error: Error) {
    const server = { away: false };
    const view = page([MUGS], () =>
      server.away ? Promise.reject(error) : Promise.resolve(answered({ [MUGS]: 3 })),
    );
    return { server, ...view };
  }

  it("is told from the first answer on that cannot be had again, until it can", async () => {
    const { server, result } = goingAway(unreachable());
    await pass(4000);
    expect(result.current.age).toBeNull();
    server.away = true;
    await pass(1001);
    expect(result.current.age).toBe(0);
    await pass(60_000);
    expect(result.current.age).toBe(60_000);
    server.away = false;
    await pass(15_000);
    expect(result.current.age).toBeNull();
  });

  it("is nobody's concern where the server is there and refuses", async () => {
    const { server, result } = goingAway(new ApiError(422, "missing_rate", "There is no rate."));
    await pass(0);
    server.away = true;
    await pass(10_000);
    expect(result.current.age).toBeNull();
  });

  it("is not told while some of what is shown can be had again", async () => {
    const { server, result, queries } = goingAway(unreachable());
    await pass(0);
    renderHook(() =>
      useQuery({ queryKey: [...metricsKeys.store(MUGS), "other"], queryFn: () => answered({}) }, queries),
    );
    await pass(0);
    server.away = true;
    await pass(10_000);
    expect(result.current.age).toBeNull();
  });
});

it("is the same for a dashboard", async () => {
  const queries: QueryClient = createQueryClient(() => undefined);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => useFreshDashboard([MUGS]), { wrapper });
  await tell(MUGS, version(1));
  expect(result.current).toEqual({ live: true, age: null });
});
