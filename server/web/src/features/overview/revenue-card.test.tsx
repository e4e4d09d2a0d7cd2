import { screen, within } from "@testing-library/react";
import { vi } from "vitest";
import type { QueryResponse } from "@/lib/api/types";
import { answerQueries, problem } from "@/test/network";
import { show } from "@/test/render";
import { inCurrency, metricResponse, store, warned } from "@/test/responses";
import { RevenueCard } from "./revenue-card";
import { AOV, ORDERS, REVENUE } from "./revenue-series";
import { overviewView, type OverviewSearch } from "./view";

function card(search: OverviewSearch, onSearch = vi.fn(), onShowData = vi.fn()) {
  return <RevenueCard view={overviewView(store, search)} onSearch={onSearch} onShowData={onShowData} />;
}

const response = metricResponse(REVENUE, {
  rows: [
    {
      time: "2026-10-01",
      [REVENUE]: "1234.50",
      [ORDERS]: 12,
      [AOV]: "102.8750",
      comparison: { time: "2026-09-01", [REVENUE]: { value: "1000.00", delta: "234.50", ratio: 0.2345 } },
    },
    { time: "2026-10-02", [REVENUE]: "0.00", [ORDERS]: 0, [AOV]: null },
  ],
});
const ongoing = (over: QueryResponse) => ({
  ...over,
  meta: {
    ...over.meta,
    incomplete: ["2026-10-02"],
    range: { ...over.meta.range, end: "2026-11-22T00:00:00-05:00" },
  },
});

it("shows its data as a table of exact numbers, of the store's days", async () => {
  answerQueries(() => ongoing(response));
  show(card({ chart: "table" }));
  const table = await screen.findByRole("table");
  const [, first, second] = within(table).getAllByRole("row");
  expect(first).toHaveTextContent("Thu, Oct 1, 2026$1,234.5012$102.88$1,000.00+23.5%");
  expect(second).toHaveTextContent("Fri, Oct 2, 2026 · its source is behind$0.000——");
});

it("offers the points and the form that suit the range", async () => {
  answerQueries(() => response);
  const onSearch = vi.fn();
  const { user } = show(card({ chart: "table" }, onSearch));
  await user.click(screen.getByRole("radio", { name: "Week" }));
  expect(onSearch).toHaveBeenCalledWith({ by: "week" });
  await user.click(screen.getByRole("radio", { name: "Show as chart" }));
  expect(onSearch).toHaveBeenCalledWith({ chart: undefined });
  expect(screen.queryByRole("radio", { name: "Month" })).not.toBeInTheDocument();
});

it("leads out of days without orders", async () => {
  answerQueries(() => metricResponse(REVENUE, { totals: { [REVENUE]: "0.00", [ORDERS]: 0, [AOV]: null } }));
  const onShowData = vi.fn();
  const { user } = show(card({}, vi.fn(), onShowData));
  await user.click(await screen.findByRole("button", { name: "Show all orders" }));
  expect(onShowData).toHaveBeenCalled();
});

it("names the currency that the amounts are in, be it another than the store's", async () => {
  answerQueries(() => inCurrency(response, "EUR"));
  show(card({ chart: "table" }));
  expect(await screen.findByText("EUR per day")).toBeInTheDocument();
  expect(screen.getAllByRole("row")[1]).toHaveTextContent("€1,234.50");
});

it("says in a merchant's words why amounts of two currencies have no sum", async () => {
  answerQueries(() =>
    problem(422, "mixed_currencies", { detail: "the rows are in EUR, USD; group by currency" }),
  );
  show(card({}));
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("more than one currency");
  expect(alert).toHaveTextContent("nothing is lost");
  expect(alert).not.toHaveTextContent("group by");
  expect(within(alert).queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
});

it("shows days without data as gaps, and takes no side on changes from them", async () => {
  const [first] = response.rows;
  const rows = [
    ...(first ? [first] : []),
    { time: "2026-10-02", [REVENUE]: null, [ORDERS]: null, [AOV]: null },
  ];
  answerQueries(() => warned({ ...response, rows }, { data_ends: "the data ends on 2026-10-01" }));
  show(card({ chart: "table" }));
  const table = await screen.findByRole("table");
  const [, known, unknown] = within(table).getAllByRole("row");
  expect(unknown).toHaveTextContent("Fri, Oct 2, 2026 · no data————");
  expect(known).toHaveTextContent("+23.5%");
  expect(known?.querySelector(".text-good")).toBeNull();
  expect(screen.getByText("The data ends on 2026-10-01.")).toBeInTheDocument();
});

it("does not call days after the last data days without orders", async () => {
  const empty = metricResponse(REVENUE, { totals: { [REVENUE]: null, [ORDERS]: null, [AOV]: null } });
  const range = { ...empty.meta.range, from: "2026-11-21", to: "2026-11-21" };
  answerQueries(() =>
    warned({ ...empty, meta: { ...empty.meta, range } }, { data_ends: "later days have none" }),
  );
  show(card({}));
  expect(await screen.findByText(/^The data of this store ends on Nov 20, 2026/)).toBeInTheDocument();
  expect(screen.queryByText("No orders in these days")).not.toBeInTheDocument();
  expect(screen.getByText("Later days have none.")).toBeInTheDocument();
});
