import type { WidgetDisplay } from "@/lib/dashboards/document";
import { registry } from "@/test/dashboards";
import { canStack, displayOf } from "./display";
import { columnsOf } from "./question";

const REVENUE = "shopify.revenue";
const ORDERS = "shopify.orders";
const AOV = "shopify.aov";
const BOUNCES = "ga4.bounce_rate";

describe("how figures are drawn", () => {
  const display: WidgetDisplay = {
    thresholds: [{ column: REVENUE, operator: "gte", value: "1000", tone: "good" }],
    axis: { zero: true, log: false, right: [REVENUE] },
    columns: [{ key: REVENUE, heat: true }],
    colours: { [REVENUE]: 4, web: 2 },
  };
  const drawn = (before: string[], after: string[]) =>
    displayOf(display, { metrics: before }, { metrics: after }, registry.metrics);

  it("is kept by those that stand where others stood", () => {
    expect(drawn([REVENUE, ORDERS], [AOV, ORDERS])).toEqual({
      thresholds: [{ column: AOV, operator: "gte", value: "1000", tone: "good" }],
      axis: { zero: true, log: false, right: [AOV] },
      columns: [{ key: AOV, heat: true }],
      colours: { [AOV]: 4, web: 2 },
    });
  });

  it("is not judged by values that were of another unit", () => {
    expect(drawn([REVENUE], [BOUNCES])).not.toHaveProperty("thresholds");
  });

  it("goes with those that are taken out", () => {
    expect(drawn([REVENUE, ORDERS], [ORDERS])).toEqual({
      axis: { zero: true, log: false, right: [] },
      colours: { web: 2 },
    });
  });

  it("stays as it is where one more is added", () => {
    expect(drawn([REVENUE], [REVENUE, ORDERS])).toEqual(display);
  });
});

describe("figures on one another", () => {
  const can = (metrics: string[], isCut: boolean, display: WidgetDisplay = {}) =>
    canStack(columnsOf({ metrics }, registry.metrics), isCut, display, registry.metrics);

  it("are offered where they are sums of one unit", () => {
    expect(can([REVENUE], true)).toBe(true);
    expect(can([REVENUE], false)).toBe(false);
    expect(can([AOV], true)).toBe(false);
    expect(can([ORDERS, "ga4.sessions"], false)).toBe(true);
  });

  it("are only those of one axis", () => {
    expect(can([REVENUE, ORDERS], false)).toBe(false);
    expect(can([REVENUE, AOV], true, { axis: { zero: true, log: false, right: [AOV] } })).toBe(true);
  });
});
