import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { createQueryClient } from "@/lib/api/query-client";
import type { QueryRequest } from "@/lib/api/types";
import { answerBatches } from "@/test/batches";
import { metricResponse } from "@/test/responses";
import { DataSourceContext, type DataSource } from "./data-source";
import { answersAbout } from "./query";
import { useWidgetQuery } from "./widget-query";

const revenue: QueryRequest = { metrics: ["shopify.revenue"], stores: ["b", "a"], time_range: "today" };

function widgets(first: QueryRequest | null, source: DataSource | null = null, count = 1) {
  const queries = createQueryClient(() => undefined);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>
      <DataSourceContext value={source}>{children}</DataSourceContext>
    </QueryClientProvider>
  );
  const ids = Array.from({ length: count }, (_, number) => `w${number}`);
  const useAll = ({ question }: { question: QueryRequest | null }) =>
    // eslint-disable-next-line react-hooks/rules-of-hooks -- there are as many each time
    ids.map((id) => useWidgetQuery(id, question));
  return { queries, ...renderHook(useAll, { wrapper, initialProps: { question: first } }) };
}

const told = ({ time_range }: QueryRequest) =>
  metricResponse("shopify.revenue", { totals: { of: time_range } });

it("has what several widgets ask answered together, and what is the same once", async () => {
  const asked = answerBatches(told);
  const { result } = widgets(revenue, null, 3);
  await waitFor(() => expect(result.current.every(({ isSuccess }) => isSuccess)).toBe(true));
  expect(asked.map(({ queries }) => Object.values(queries))).toEqual([[revenue]]);
  expect(result.current[2]?.data?.totals).toEqual({ of: "today" });
});

it("asks nothing for a widget that asks nothing", () => {
  const { result } = widgets(null);
  expect(result.current[0]).toMatchObject({ isPending: true, fetchStatus: "idle" });
});

it.each([
  ["keeps the old answer while another range is asked for", { time_range: "yesterday" } as const, "today"],
  ["keeps it while filters change", { filters: { dimension: "country", operator: "set" } } as const, "today"],
  ["shows nothing of another metric", { metrics: ["shopify.orders"] }, undefined],
  ["shows nothing of other stores", { stores: ["c"] }, undefined],
])("%s", async (_, change, shown) => {
  answerBatches(told);
  const { result, rerender } = widgets(revenue);
  await waitFor(() => expect(result.current[0]?.isSuccess).toBe(true));
  rerender({ question: { ...revenue, ...change } });
  expect(result.current[0]?.data?.totals.of).toBe(shown);
  await waitFor(() => expect(result.current[0]?.isFetching).toBe(false));
  expect(result.current[0]?.isPlaceholderData).toBe(false);
});

it("is about each of its stores, in whatever order they are named, and about no other", async () => {
  const asked = answerBatches(told);
  const { queries, result } = widgets(revenue);
  await waitFor(() => expect(result.current[0]?.isSuccess).toBe(true));
  for (const [store, times] of [
    ["a", 2],
    ["b", 3],
    ["c", 3],
  ] as const) {
    await act(() => queries.invalidateQueries(answersAbout(store)));
    expect(asked).toHaveLength(times);
  }
});

it("asks whoever gives a shared dashboard its figures, by the widget's id", async () => {
  const ask = vi.fn<DataSource["ask"]>((_, question) => Promise.resolve(told(question)));
  const { queries, result } = widgets(revenue, { ask, key: ["shared", "x"] }, 2);
  await waitFor(() => expect(result.current.every(({ isSuccess }) => isSuccess)).toBe(true));
  expect(ask.mock.calls.map(([id, question]) => [id, question])).toEqual([
    ["w0", revenue],
    ["w1", revenue],
  ]);
  const keys = queries.getQueryCache().findAll({ queryKey: ["shared", "x"] });
  expect(keys).toHaveLength(2);
});
