import { figureOf, registry, widgetOf } from "@/test/dashboards";
import type { WidgetQuestion } from "@/lib/dashboards/document";
import {
  columnsOf,
  kindsOf,
  dimensionsBeside,
  isShownAs,
  sharedDimensions,
  withFigures,
  withGroups,
  withKind,
  withPoints,
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

  it("that stand where others stood are ordered and ranked by as those were", () => {
    expect(withFigures(bars, ["shopify.orders"], registry)).toEqual({
      ...bars,
      metrics: ["shopify.orders"],
      top: { groups: 5, by: "shopify.orders" },
      order_by: [{ field: "shopify.orders", direction: "desc" }],
    });
    expect(withFigures({ metric: "shopify.orders" }, ["shopify.orders", "shopify.aov"], registry)).toEqual({
      metrics: ["shopify.orders", "shopify.aov"],
    });
  });

  it("that are changed take along only what they can be cut by", () => {
    expect(withFigures(bars, ["ga4.sessions"], registry)).toEqual({
      metrics: ["ga4.sessions"],
      order_by: [{ field: "ga4.sessions", direction: "desc" }],
    });
  });

  it("that are taken out rank and order nothing any more", () => {
    const two = { ...bars, metrics: ["shopify.revenue", "shopify.orders"], group_by: ["country"] };
    expect(withFigures(two, ["shopify.orders"], registry)).toEqual({
      metrics: ["shopify.orders"],
      group_by: ["country"],
      top: { groups: 5 },
      order_by: [],
    });
  });

  it("that are changed take along only the filters that they can be told apart by", () => {
    const by = (dimension: string) => ({ dimension, operator: "in", values: ["x"] });
    const asked = (filters: unknown, figure: string) =>
      withFigures({ metrics: ["shopify.revenue"], filters } as WidgetQuestion, [figure], registry).filters;
    expect(asked({ and: [by("country"), by("channel")] }, "ga4.sessions")).toEqual({ and: [by("country")] });
    expect(asked({ and: [by("channel")] }, "ga4.sessions")).toBeUndefined();
    expect(asked({ and: [by("channel")] }, "shopify.orders")).toEqual({ and: [by("channel")] });
    expect(asked({ or: [{ country: "US" }, { channel: "web" }] }, "ga4.sessions")).toBeUndefined();
    expect(asked({ or: [{ country: "US" }] }, "ga4.sessions")).toEqual({ or: [{ country: "US" }] });
  });

  it("are cut by what all of them have", () => {
    const of = (...metrics: string[]) => sharedDimensions({ metrics }, registry).map(({ id }) => id);
    expect(of("shopify.revenue", "ga4.sessions")).toEqual(["store", "country"]);
    expect(of("shopify.revenue", "ga4.bounce_rate")).toEqual(["store"]);
  });
});

describe("groups", () => {
  it("are forgotten with what they are limited to and ordered by", () => {
    expect(withGroups(bars, [], "bar")).toEqual({
      metrics: ["shopify.revenue"],
      order_by: [{ field: "shopify.revenue", direction: "desc" }],
    });
    const pivoted = withGroups({ ...bars, pivot: "product" }, ["country"], "table");
    expect(pivoted).toMatchObject({ group_by: ["country"] });
    expect(pivoted).not.toHaveProperty("pivot");
  });

  it("are limited to the largest in every chart, for an answer of all would end before its last days", () => {
    const line: WidgetQuestion = { metrics: ["shopify.revenue"], granularity: "day" };
    expect(withGroups(line, ["country"], "line")).toEqual({
      ...line,
      group_by: ["country"],
      top: { groups: 7 },
    });
    expect(withGroups({ ...line, top: { groups: 3 } }, ["country"], "area").top).toEqual({ groups: 3 });
    expect(withGroups({ metrics: ["shopify.revenue"] }, ["country"], "bar")).toMatchObject({
      top: { groups: 10 },
      order_by: [{ field: "shopify.revenue", direction: "desc" }],
    });
    expect(withGroups(line, ["country"], "table")).not.toHaveProperty("top");
  });

  it("of currencies are all there: what is left of them has no sum", () => {
    expect(withGroups(bars, ["currency"], "bar")).not.toHaveProperty("top");
  });

  it("are offered that a source tells a figure by at once", () => {
    const grains = [
      { metric_name: "by_country", dimensions: ["country"] },
      { metric_name: "by_device", dimensions: ["device"] },
    ];
    const rows = { dataset: "metric_events", time: [], is_money: false, is_refund: false, grains };
    const reported = {
      ...registry,
      metrics: registry.metrics.map((metric) =>
        metric.id === "ga4.sessions" ? { ...metric, formula: { measure: { sum: "value", rows } } } : metric,
      ) as typeof registry.metrics,
    };
    const beside = (...group_by: string[]) =>
      dimensionsBeside({ metrics: ["ga4.sessions"], group_by }, reported).map(({ id }) => id);
    expect(beside()).toEqual(["store", "country", "device"]);
    expect(beside("country")).toEqual(["store", "country"]);
    expect(
      withFigures(
        { metrics: ["shopify.orders"], group_by: ["device", "country"] },
        ["ga4.sessions"],
        reported,
      ).group_by,
    ).toEqual(["device"]);
  });
});

describe("points of time", () => {
  it("stand in their order, and what is told of the whole in that of its size", () => {
    const overTime = withPoints(bars, "day", "bar");
    expect(overTime).toMatchObject({ granularity: "day", top: { groups: 5 } });
    expect(overTime).not.toHaveProperty("order_by");
    expect(withPoints(overTime, "none", "bar")).toEqual(bars);
  });

  it("order the rows of a table for as long as there are any", () => {
    const table: WidgetQuestion = {
      metrics: ["shopify.revenue"],
      granularity: "day",
      order_by: [{ field: "time", direction: "desc" }],
    };
    expect(withPoints(table, "week", "table").order_by).toEqual(table.order_by);
    expect(withPoints(table, "none", "table")).toEqual({ metrics: ["shopify.revenue"], order_by: [] });
  });
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

  it("that is a goal is one for the days as they are where figures are averages", () => {
    const goal = (metric: string) => withKind(figureOf("aaaaa1", metric), "goal", registry).display?.goal;
    expect(goal("shopify.aov")).toEqual({ value: "1000", by: "range" });
    expect(goal("shopify.revenue")).toEqual({ value: "1000", by: "month" });
  });

  it("has figures offered that it can show", () => {
    const offered = (kind: Parameters<typeof isShownAs>[0]) =>
      registry.metrics.filter((metric) => isShownAs(kind, metric, registry)).map(({ id }) => id);
    expect(offered("pie")).toEqual(["shopify.revenue", "shopify.orders", "ga4.sessions"]);
    expect(offered("line")).toHaveLength(registry.metrics.length);
  });

  it("is offered where the figures can be shown so", () => {
    expect(kindsOf(figureOf("aaaaa1", "ga4.sessions"), registry)).not.toContain("heatmap");
    expect(kindsOf(figureOf("aaaaa1"), registry)).toContain("heatmap");
    expect(kindsOf(widgetOf("aaaaa1"), registry)).toEqual(["text"]);
  });
});
