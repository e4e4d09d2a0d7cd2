import { metricOf, registry, widgetOf } from "@/test/widgets";
import { applicable, canHaveHours, factsOf, metricsOf } from "./applicable";
import type { DashboardFilter, DashboardView } from "./document";
import { resolveWidget, unfitFilters } from "./resolve";
import { isSourceKind, SOURCE_OF, STANDARD_QUESTIONS } from "./standard";
import { widgetTitle } from "./titles";
import { trendQuestion } from "./trend";

const facts = factsOf(registry.metrics);
const by = (dimension: string): DashboardFilter => ({ dimension, operator: "equals", values: ["x"] });

describe("what is known of metrics", () => {
  it("is whether they have hours: what is told by the day has none, nor what is computed of it", () => {
    expect(facts("shopify.revenue")?.hours).toBe(true);
    expect(facts("ga4.sessions")?.hours).toBe(false);
    expect(facts("store.conversion_rate")?.hours).toBe(false);
    expect(canHaveHours({ metrics: ["shopify.revenue", "ga4.sessions"] }, facts)).toBe(false);
  });

  it("is by which dimensions all that it is computed of is told, in one report each", () => {
    const rows = { dataset: "metric_events", time: [], is_money: false, is_refund: false };
    const grains = [
      { metric_name: "visits", dimensions: [] },
      { metric_name: "visits_by_device", dimensions: ["device", "country"] },
      { metric_name: "visits_by_source", dimensions: ["source"] },
    ];
    const aggregate = { count_distinct: { column: "id" } } as const;
    const told = { ...aggregate, rows: { ...rows, grains } };
    const dimensions = ["store", "device", "country", "source"];
    const known = factsOf([
      metricOf("a.visits", { formula: { measure: told }, dimensions }),
      metricOf("a.rate", { formula: { ratio: { numerator: { ...aggregate, rows }, denominator: told } } }),
      metricOf("b.rate", { formula: { computed: "a.visits / b.orders" } }),
    ]);
    const reports = [[[], ["device", "country"], ["source"]]];
    expect(known("a.visits")?.reports).toEqual(reports);
    expect(known("a.rate")?.reports).toEqual(reports);
    expect(known("b.rate")?.reports).toEqual(reports);
    const asked = [by("device"), by("source"), by("store"), by("country")];
    const { fit, unfit } = applicable(asked, { metrics: ["a.visits"] }, known);
    expect(fit.map(({ dimension }) => dimension)).toEqual(["device", "store", "country"]);
    expect(unfit.map(({ dimension }) => dimension)).toEqual(["source"]);
  });

  it("decides which filters bear on a question", () => {
    const { fit, unfit } = applicable([by("channel"), by("store")], { metrics: ["ga4.sessions"] }, facts);
    expect(fit.map(({ dimension }) => dimension)).toEqual(["store"]);
    expect(unfit.map(({ dimension }) => dimension)).toEqual(["channel"]);
  });

  it("holds nothing back of what nobody knows: the server says then what is wrong", () => {
    expect(applicable([by("channel")], { metrics: ["new.metric"] }, facts).fit).toHaveLength(1);
  });
});

it("finds each metric once, however often a question names it", () => {
  const question = { metrics: ["shopify.revenue", { formula: "shopify.revenue / ga4.sessions", as: "x" }] };
  expect(metricsOf(question)).toEqual(["shopify.revenue", "ga4.sessions"]);
});

describe("a widget on a dashboard", () => {
  const view: DashboardView = {
    range: "last_30_days",
    compare: "none",
    stores: ["s"],
    currency: null,
    filters: [by("channel"), by("channel"), by("device")],
  };

  it("names each filter that does not hold for it once", () => {
    const widget = widgetOf({ query: { metrics: ["ga4.sessions"] } });
    expect(unfitFilters(widget, view, facts)).toEqual(["channel"]);
  });

  it("has none that does not hold where it ignores them all", () => {
    const widget = widgetOf({
      query: { metrics: ["ga4.sessions"] },
      own: { range: null, compare: null, stores: null, filters: "ignore" },
    });
    expect(unfitFilters(widget, view, facts)).toEqual([]);
    expect(resolveWidget(widget, view, facts)).not.toHaveProperty("filters");
  });

  it("asks nothing for a range that is none", () => {
    expect(resolveWidget(widgetOf(), { ...view, range: "soon" }, facts)).toBeNull();
  });
});

describe("the lines of a table", () => {
  it("are asked for by the same groups, over time and without what rows alone need", () => {
    const question = {
      metrics: ["shopify.revenue"],
      stores: ["s"],
      time_range: "last_30_days" as const,
      compare_to: "previous_period" as const,
      group_by: ["channel"],
      order_by: [{ field: "shopify.revenue" }],
      offset: 20,
      filters: { country: "US" },
    };
    expect(trendQuestion(question)).toEqual({
      metrics: ["shopify.revenue"],
      stores: ["s"],
      time_range: "last_30_days",
      group_by: ["channel"],
      filters: { country: "US" },
      granularity: "day",
      fill: true,
      limit: 10_000,
      top: { groups: 100, other: false },
    });
  });

  it("keep the groups that the table is limited to, and have days, which all sources have", () => {
    const question = {
      metrics: ["ga4.sessions"],
      time_range: "today" as const,
      group_by: ["device"],
      top: { groups: 5 },
    };
    expect(trendQuestion(question)).toMatchObject({ granularity: "day", top: { groups: 5 } });
  });
});

describe("the title of a widget", () => {
  const title = (parts: Parameters<typeof widgetOf>[0]) => widgetTitle(widgetOf(parts), registry);

  it("is its own where it has one", () => {
    expect(title({ title: "Our money" })).toBe("Our money");
  });

  it("is made of what it shows otherwise", () => {
    expect(title({})).toBe("Revenue");
    expect(title({ query: { metrics: ["shopify.revenue"], group_by: ["channel"] } })).toBe(
      "Revenue by channel",
    );
    expect(title({ query: { metrics: ["shopify.revenue", "shopify.orders"] } })).toBe("Revenue and orders");
    expect(title({ query: { metrics: ["shopify.revenue", "shopify.orders", "shopify.aov"] } })).toBe(
      "Revenue, orders and 1 more",
    );
    expect(title({ query: { metric: "revenue", source: "shopify" } })).toBe("Revenue");
    expect(title({ kind: "heatmap", query: { metrics: ["shopify.orders"] } })).toBe(
      "Orders by hour and weekday",
    );
    const steps = [{ metric: "ga4.sessions" }, { metric: "shopify.orders", label: "Bought" }];
    expect(title({ kind: "funnel", query: { funnel: { steps } } })).toBe("Sessions to bought");
    expect(title({ kind: "reviews", query: null })).toBe("Reviews");
    expect(title({ kind: "text", query: null, text: "Hello\n\n## Week 46\n" })).toBe("Week 46");
    expect(title({ kind: "text", query: null, text: "Hello" })).toBe("Text");
  });

  it("is made of the ids where nobody says what they are called", () => {
    const widget = widgetOf({ query: { metrics: ["shopify.net_revenue"], group_by: "traffic_source" } });
    expect(widgetTitle(widget, undefined)).toBe("Net revenue by traffic source");
  });
});

it("asks of each source's widget what its source tells", () => {
  for (const [kind, question] of Object.entries(STANDARD_QUESTIONS)) {
    const source = isSourceKind(kind as keyof typeof SOURCE_OF)
      ? SOURCE_OF[kind as keyof typeof SOURCE_OF]
      : "";
    expect(metricsOf(question).every((id) => id.startsWith(`${source}.`))).toBe(true);
  }
});
