import { figureOf, registry, widgetOf } from "@/test/dashboards";
import type { WidgetQuestion } from "@/lib/dashboards/document";
import {
  columnsOf,
  kindsOf,
  listedFilters,
  sharedDimensions,
  withFigures,
  withGroups,
  withKind,
  writtenFilters,
} from "./question";

const bars: WidgetQuestion = {
  metrics: ["shopify.revenue"],
  group_by: ["product"],
  top: { groups: 5, by: "shopify.revenue" },
  order_by: [{ field: "shopify.revenue", direction: "desc" }],
};

describe("figures", () => {
  it("are those that a question names, in whichever form", () => {
    expect(columnsOf({ metric: "revenue", source: "shopify" }, registry.metrics)).toEqual([
      { key: "shopify.revenue", title: "Revenue", unit: "currency" },
    ]);
    expect(
      columnsOf(
        { metrics: [{ metric: "shopify.orders", as: "us", title: "Orders of the US" }, "ga4.sessions"] },
        registry.metrics,
      ),
    ).toEqual([
      { key: "us", title: "Orders of the US", unit: "count" },
      { key: "ga4.sessions", title: "Sessions", unit: "count" },
    ]);
    expect(columnsOf(null, registry.metrics)).toEqual([]);
  });

  it("that are changed take along only what they can be cut by and ordered by", () => {
    expect(withFigures(bars, ["ga4.sessions"], registry)).toEqual({
      metrics: ["ga4.sessions"],
      order_by: [],
    });
    expect(withFigures({ ...bars, group_by: "country" }, ["ga4.sessions"], registry)).toMatchObject({
      metrics: ["ga4.sessions"],
      group_by: ["country"],
      top: { groups: 5, by: null },
      order_by: [],
    });
    expect(withFigures({ metric: "shopify.orders" }, ["shopify.orders", "shopify.aov"], registry)).toEqual({
      metrics: ["shopify.orders", "shopify.aov"],
    });
  });

  it("are cut by what all of them have", () => {
    const of = (...metrics: string[]) => sharedDimensions({ metrics }, registry).map(({ id }) => id);
    expect(of("shopify.revenue", "ga4.sessions")).toEqual(["store", "country"]);
    expect(of("shopify.revenue", "ga4.bounce_rate")).toEqual(["store"]);
  });
});

it("forgets the largest groups where there are none", () => {
  expect(withGroups(bars, [])).toEqual({
    metrics: ["shopify.revenue"],
    order_by: [{ field: "shopify.revenue", direction: "desc" }],
  });
  expect(withGroups({ ...bars, pivot: "product" }, ["country"])).toMatchObject({ group_by: ["country"] });
  expect(withGroups({ ...bars, pivot: "product" }, ["country"])).not.toHaveProperty("pivot");
});

describe("another kind", () => {
  it("asks for the same figures as that kind wants them, and keeps the filters", () => {
    const filters = { and: [] } as unknown as NonNullable<WidgetQuestion["filters"]>;
    const widget = figureOf("aaaaa1", "shopify.revenue", {
      query: { metrics: ["shopify.revenue"], granularity: "auto", filters },
      display: { precision: "exact" },
    });
    expect(withKind(widget, "bar", registry)).toEqual({
      kind: "bar",
      size: "medium",
      display: { horizontal: true, precision: "exact" },
      query: {
        metrics: ["shopify.revenue"],
        group_by: ["channel"],
        top: { groups: 10 },
        order_by: [{ field: "shopify.revenue", direction: "desc" }],
        filters,
      },
    });
  });

  it("keeps a size that somebody chose, and one figure where it shows one", () => {
    const widget = widgetOf("aaaaa1", {
      kind: "line",
      size: "full",
      query: { metrics: ["shopify.revenue", "shopify.orders"], granularity: "week" },
    });
    expect(withKind(widget, "kpi", registry)).toMatchObject({
      size: "full",
      query: { metrics: ["shopify.revenue"], granularity: "auto" },
    });
    expect(withKind(widget, "table", registry).query).toMatchObject({
      metrics: ["shopify.revenue", "shopify.orders"],
    });
  });

  it("is offered where the figures can be shown so", () => {
    expect(kindsOf(figureOf("aaaaa1", "ga4.sessions"), registry)).not.toContain("heatmap");
    expect(kindsOf(figureOf("aaaaa1"), registry)).toContain("heatmap");
    expect(kindsOf(widgetOf("aaaaa1"), registry)).toEqual(["text"]);
  });
});

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
