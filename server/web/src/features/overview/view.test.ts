import { store } from "@/test/responses";
import { productOrder, sortDirection, toggledSort } from "./products-order";
import { overviewView, parseOverviewSearch } from "./view";

describe("the address of the overview", () => {
  it("keeps what it understands", () => {
    const search = { range: "last_7_days", compare: "none", by: "day", chart: "table", sort: "units" };
    expect(parseOverviewSearch(search)).toEqual(search);
  });

  it("drops what it does not", () => {
    expect(
      parseOverviewSearch({ range: "ever", compare: 1, by: "minute", chart: "pie", sort: "name", utm: "x" }),
    ).toEqual({});
  });

  it("means the last 30 days beside those before when it is empty", () => {
    expect(overviewView(store, {})).toMatchObject({
      storeId: store.id,
      range: "last_30_days",
      comparison: "previous_period",
      granularity: "day",
      sort: "-revenue",
      asTable: false,
    });
  });

  it("restores a view", () => {
    expect(
      overviewView(store, {
        range: "2026-01-01..2026-06-30",
        compare: "previous_year",
        by: "month",
        sort: "units",
      }),
    ).toMatchObject({
      range: { from: "2026-01-01", to: "2026-06-30" },
      comparison: "previous_year",
      granularity: "month",
      sort: "units",
    });
  });
});

it("sorts products by the largest first, then the other way round", () => {
  expect(toggledSort("-revenue", "units")).toBe("-units");
  expect(toggledSort("-units", "units")).toBe("units");
  expect(toggledSort("units", "units")).toBe("-units");
  expect(sortDirection("-units", "units")).toBe("desc");
  expect(sortDirection("-units", "revenue")).toBeNull();
  expect(productOrder("units")).toEqual({ field: "shopify.units", direction: "asc" });
});
