import type { WidgetQuestion } from "@/lib/dashboards/document";
import { listedFilters, writtenFilters } from "./own-filters";

describe("a widget's own filters", () => {
  const list = [
    { dimension: "country", operator: "in" as const, values: ["US"] },
    { dimension: "channel", operator: "set" as const, values: [] },
  ];

  it("are written and read again", () => {
    expect(listedFilters(writtenFilters(list))).toEqual(list);
    expect(writtenFilters(list)).toEqual({
      and: [
        { dimension: "country", operator: "in", values: ["US"] },
        { dimension: "channel", operator: "set" },
      ],
    });
    expect(writtenFilters([])).toBeNull();
    expect(listedFilters(null)).toEqual([]);
    expect(listedFilters({})).toEqual([]);
  });

  it("stay as they are where they are more than a list", () => {
    const asked = (filters: unknown) => listedFilters(filters as WidgetQuestion["filters"]);
    expect(asked({ dimension: "country", operator: "equals", values: ["US"] })).toEqual([
      { dimension: "country", operator: "equals", values: ["US"] },
    ]);
    expect(asked({ or: [{ country: "US" }] })).toBeNull();
    expect(asked({ country: "US" })).toBeNull();
    expect(asked({ and: [{ metric: "shopify.orders", operator: "gte", values: [1] }] })).toBeNull();
    expect(asked({ and: [], or: [] })).toBeNull();
  });
});
