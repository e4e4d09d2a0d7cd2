import type { Store } from "@/lib/api/types";
import { store } from "@/test/responses";
import { groupsOf, questionsOf, trendBy } from "./query";
import { parsePortfolioSearch, portfolioView } from "./view";

const AGENCY = { id: "0192a000-0000-7000-8000-0000000000a1", name: "Agency" };
const CLIENTS = { id: "0192a000-0000-7000-8000-0000000000a2", name: "Clients" };

function storeOf(number: number, currency: string, workspace = AGENCY): Store {
  const id = `0192a000-0000-7000-8000-${String(number).padStart(12, "0")}`;
  return { ...store, id, name: `Store ${number}`, currency, workspace };
}

const MIXED = [storeOf(1, "USD"), storeOf(2, "INR"), storeOf(3, "GBP", CLIENTS), storeOf(4, "USD", CLIENTS)];
const OCTOBER = { from: "2026-10-01", to: "2026-10-31" };

describe("the address of the portfolio", () => {
  it("keeps what it understands and leaves out the rest", () => {
    const search = {
      workspace: "w",
      range: "last_7_days",
      compare: "none",
      currency: "EUR",
      order: "-orders",
    };
    expect(parsePortfolioSearch(search)).toEqual(search);
    expect(parsePortfolioSearch({ currency: "own" })).toEqual({ currency: "own" });
    const wrong = { workspace: 7, range: "someday", compare: "later", currency: "euro", order: "colour" };
    expect(parsePortfolioSearch(wrong)).toEqual({});
  });
});

describe("what the portfolio shows", () => {
  it("is all stores, in the currency that most of them trade in", () => {
    const view = portfolioView(MIXED, {});
    expect(view.stores).toEqual(MIXED);
    expect([view.workspace, view.currency, view.sort]).toEqual([null, "USD", "-revenue"]);
  });

  it("is told in no other currency where all trade in one", () => {
    expect(portfolioView([storeOf(1, "INR"), storeOf(2, "INR")], {}).currency).toBeNull();
    // Of two that are as usual, the first by its code.
    expect(portfolioView([storeOf(1, "USD"), storeOf(2, "INR")], {}).currency).toBe("INR");
  });

  it("is sorted by name where amounts are not in one currency", () => {
    const view = portfolioView(MIXED, { currency: "own" });
    expect([view.currency, view.sort]).toEqual([null, "name"]);
    expect(portfolioView(MIXED, { currency: "own", order: "-orders" }).sort).toBe("-orders");
  });

  it("is of one workspace, where that is asked for", () => {
    const view = portfolioView(MIXED, { workspace: CLIENTS.id });
    expect(view.stores?.map(({ name }) => name)).toEqual(["Store 3", "Store 4"]);
    expect(portfolioView(MIXED, { workspace: "unknown" }).stores).toHaveLength(4);
  });

  it("is a workspace at a time where there are more stores than one question can be about", () => {
    const many = Array.from({ length: 101 }, (_, index) =>
      storeOf(index, "USD", index < 100 ? CLIENTS : AGENCY),
    );
    const view = portfolioView(many, {});
    expect([view.workspace, view.stores?.length]).toEqual([AGENCY.id, 1]);
    const crowded = Array.from({ length: 101 }, (_, index) => storeOf(index, "USD", CLIENTS));
    expect(portfolioView(crowded, {}).stores).toBeNull();
  });
});

describe("what the portfolio asks", () => {
  it("is two questions about all stores at once, in one currency", () => {
    const view = portfolioView(MIXED, { compare: "previous_year" });
    const stores = MIXED.map(({ id }) => id);
    expect(questionsOf(view, OCTOBER)).toEqual({
      "totals 0": {
        stores,
        metrics: ["shopify.revenue", "shopify.orders", "shopify.aov", "store.conversion_rate"],
        time_range: "last_30_days",
        group_by: ["store"],
        currency: "USD",
        compare_to: "previous_year",
      },
      "trend 0": {
        stores,
        metrics: ["shopify.revenue"],
        time_range: "last_30_days",
        group_by: ["store"],
        currency: "USD",
        granularity: "day",
        fill: true,
        limit: 10_000,
      },
    });
  });

  it("is about the stores of each currency by themselves where amounts stay as they are", () => {
    const groups = groupsOf(MIXED, null).map((stores) => stores.map(({ name }) => name));
    expect(groups).toEqual([["Store 1", "Store 4"], ["Store 2"], ["Store 3"]]);
    const questions = questionsOf(portfolioView(MIXED, { currency: "own", compare: "none" }), OCTOBER);
    expect(Object.keys(questions)).toHaveLength(6);
    for (const question of Object.values(questions)) {
      expect(question).not.toHaveProperty("currency");
      expect(question).not.toHaveProperty("compare_to");
    }
  });

  it("says on which day weeks begin where it is not the same in all stores", () => {
    const sunday = MIXED.map((one, index) => ({ ...one, week_start: index === 0 ? "sunday" : "monday" }));
    for (const currency of ["USD", "own"]) {
      const asked = Object.values(questionsOf(portfolioView(sunday, { currency }), OCTOBER));
      expect(new Set(asked.map(({ week_start }) => week_start))).toEqual(new Set(["sunday"]));
    }
    for (const question of Object.values(questionsOf(portfolioView(MIXED, {}), OCTOBER))) {
      expect(question).not.toHaveProperty("week_start");
    }
  });

  it("cuts longer times into larger steps, so that the trends of a hundred stores are one answer", () => {
    expect(trendBy(OCTOBER)).toBe("day");
    expect(trendBy({ from: "2026-01-01", to: "2026-12-31" })).toBe("week");
    expect(trendBy({ from: "2023-01-01", to: "2026-12-31" })).toBe("month");
    // Days, weeks and months at most, for each of a hundred stores.
    expect(35 * 100).toBeLessThanOrEqual(10_000);
    expect(Math.ceil(400 / 7 + 1) * 100).toBeLessThanOrEqual(10_000);
  });
});
