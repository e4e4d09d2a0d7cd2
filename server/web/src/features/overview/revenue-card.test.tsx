import { screen, within } from "@testing-library/react";
import { vi } from "vitest";
import { answerQueries } from "@/test/network";
import { show } from "@/test/render";
import { metricResponse, store } from "@/test/responses";
import { RevenueCard } from "./revenue-card";
import { AOV, ORDERS, REVENUE } from "./revenue-series";
import { overviewView, type OverviewSearch } from "./view";

function card(search: OverviewSearch, onSearch = vi.fn(), onShowData = vi.fn()) {
  return (
    <RevenueCard
      view={overviewView(store, search)}
      currency="USD"
      onSearch={onSearch}
      onShowData={onShowData}
    />
  );
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
  meta: { ...metricResponse(REVENUE).meta, incomplete: ["2026-10-02"] },
});

it("shows its data as a table of exact numbers, of the store's days", async () => {
  answerQueries(() => response);
  show(card({ chart: "table" }));
  const table = await screen.findByRole("table");
  const [, first, second] = within(table).getAllByRole("row");
  expect(first).toHaveTextContent("Thu, Oct 1, 2026$1,234.5012$102.88$1,000.00+23.5%");
  expect(second).toHaveTextContent("Fri, Oct 2, 2026 · not over yet$0.000——");
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
