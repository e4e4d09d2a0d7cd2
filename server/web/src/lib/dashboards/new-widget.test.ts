import { registry } from "@/test/dashboards";
import type { Metric } from "@/lib/api/types";
import { kindsFor, metricWidget, newId, otherWidget, questionFor, usualDimension } from "./new-widget";

function metric(id: string): Metric {
  const found = registry.metrics.find((one) => one.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

it("names things as the server wants them named, and none twice", () => {
  const ids = Array.from({ length: 500 }, newId);
  expect(ids.every((id) => /^[a-z0-9]{6,32}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(500);
});

it("offers a heat map only of what adds up by the hour, and a pie only of what adds up", () => {
  expect(kindsFor(metric("shopify.revenue"), registry)).toContain("heatmap");
  expect(kindsFor(metric("ga4.sessions"), registry)).not.toContain("heatmap");
  expect(kindsFor(metric("ga4.sessions"), registry)).toContain("pie");
  expect(kindsFor(metric("shopify.aov"), registry)).not.toContain("heatmap");
  expect(kindsFor(metric("shopify.aov"), registry)).not.toContain("pie");
});

it("cuts by what has few values and is not chosen in the bar on top", () => {
  expect(usualDimension(metric("shopify.revenue"), registry.dimensions)).toBe("channel");
  expect(usualDimension({ dimensions: ["store", "product"] }, registry.dimensions)).toBe("product");
  expect(usualDimension({ dimensions: ["store"] }, registry.dimensions)).toBe("store");
  expect(usualDimension({ dimensions: [] }, registry.dimensions)).toBeNull();
});

it("asks what each kind needs", () => {
  const asked = (kind: Parameters<typeof metricWidget>[0]) =>
    metricWidget(kind, metric("shopify.revenue"), registry).query;
  expect(asked("kpi")).toEqual({ metrics: ["shopify.revenue"], granularity: "auto" });
  expect(asked("line")).toEqual({ metrics: ["shopify.revenue"], granularity: "auto" });
  expect(asked("bar")).toEqual({
    metrics: ["shopify.revenue"],
    group_by: ["channel"],
    top: { groups: 10 },
    order_by: [{ field: "shopify.revenue", direction: "desc" }],
  });
  expect(asked("table")).toEqual({
    metrics: ["shopify.revenue"],
    group_by: ["channel"],
    order_by: [{ field: "shopify.revenue", direction: "desc" }],
    limit: 100,
  });
  expect(asked("heatmap")).toEqual({ metrics: ["shopify.revenue"], granularity: "hour", limit: 10_000 });
  expect(asked("goal")).toEqual({ metrics: ["shopify.revenue"] });
});

it("limits what is cut by currency to no largest ones: what is left of them has no sum", () => {
  const bars = questionFor("bar", ["shopify.revenue"], ["currency"]);
  expect(bars).not.toHaveProperty("top");
  expect(questionFor("pie", ["shopify.revenue"], ["channel"]).top).toEqual({ groups: 6 });
});

it("begins a funnel with steps that there are", () => {
  expect(otherWidget("funnel", registry).query).toEqual({
    funnel: { steps: [{ metric: "shopify.orders" }, { metric: "ga4.sessions" }] },
  });
  const events = ["ga4.sessions", "ga4.add_to_carts", "ga4.purchases"].map((id) => ({
    ...metric("ga4.sessions"),
    id,
  }));
  expect(otherWidget("funnel", { metrics: events }).query).toEqual({
    funnel: {
      steps: [{ metric: "ga4.sessions" }, { metric: "ga4.add_to_carts" }, { metric: "ga4.purchases" }],
    },
  });
});

it("gives a goal to averages for the days as they are, and to sums for each month", () => {
  const goal = (id: string) => metricWidget("goal", metric(id), registry).display.goal;
  expect(goal("shopify.revenue")).toEqual({ value: "1000", by: "month" });
  expect(goal("shopify.aov")).toEqual({ value: "1000", by: "range" });
});

it("has what sources show ask their source, so that it is there as soon as the source is", () => {
  expect(otherWidget("reviews", registry)).toMatchObject({
    kind: "reviews",
    query: { metrics: ["judgeme.rating", "judgeme.reviews"], group_by: ["rating"] },
    text: null,
  });
  expect(otherWidget("sentiment", registry).query).toEqual({
    metrics: ["gorgias.csat"],
    granularity: "auto",
  });
});

it("has a text ask nothing", () => {
  expect(otherWidget("text", registry)).toMatchObject({
    kind: "text",
    query: null,
    text: expect.stringContaining("#") as string,
  });
});
