import { buildQuery } from "./query";

const view = { storeId: "s1", range: "last_30_days", comparison: "previous_period" } as const;

it("asks for a trend with a comparison and with empty buckets filled", () => {
  expect(buildQuery(view, { metrics: ["shopify.revenue"], granularity: "day" })).toEqual({
    metrics: ["shopify.revenue"],
    stores: ["s1"],
    time_range: "last_30_days",
    granularity: "day",
    compare_to: "previous_period",
    fill: true,
  });
});

it("leaves out what was not chosen", () => {
  expect(buildQuery({ ...view, comparison: "none" }, { metrics: ["shopify.orders"] })).toEqual({
    metrics: ["shopify.orders"],
    stores: ["s1"],
    time_range: "last_30_days",
  });
});

it("asks for a ranking in the chosen order", () => {
  const range = { from: "2026-10-01", to: "2026-10-31" };
  expect(
    buildQuery(
      { ...view, range },
      {
        metrics: ["shopify.product_revenue"],
        groupBy: ["product"],
        orderBy: { field: "shopify.product_revenue", direction: "desc" },
        limit: 10,
      },
    ),
  ).toEqual({
    metrics: ["shopify.product_revenue"],
    stores: ["s1"],
    time_range: range,
    group_by: ["product"],
    compare_to: "previous_period",
    order_by: [{ field: "shopify.product_revenue", direction: "desc" }],
    limit: 10,
  });
});
