import type { Page } from "@playwright/test";
import { expect } from "./fixtures";
import type { DemoStore } from "./shop";

/** A dashboard of twelve widgets, each of which asks something. */

const KPI = ["shopify.revenue", "shopify.orders", "shopify.aov", "shopify.customers"];
const TITLES = ["Revenue", "Orders", "Average order", "Customers"];

const byDay = (metric: string) => ({ metrics: [metric], granularity: "auto" });
const by = (dimension: string) => ({ metrics: ["shopify.revenue"], group_by: [dimension], limit: 10 });

const WIDGETS: { kind: string; size: string; title: string; query: object }[] = [
  ...KPI.map((metric, index) => ({
    kind: "kpi",
    size: "small",
    title: TITLES[index] ?? "",
    query: byDay(metric),
  })),
  { kind: "line", size: "large", title: "Revenue over time", query: byDay("shopify.revenue") },
  { kind: "area", size: "medium", title: "Orders over time", query: byDay("shopify.orders") },
  { kind: "line", size: "medium", title: "Average order over time", query: byDay("shopify.aov") },
  { kind: "bar", size: "medium", title: "Revenue by country", query: by("country") },
  { kind: "bar", size: "medium", title: "Revenue by channel", query: by("channel") },
  { kind: "pie", size: "medium", title: "Revenue by customer", query: by("customer_type") },
  { kind: "table", size: "medium", title: "Discounts", query: by("discount_code") },
  {
    kind: "table",
    size: "large",
    title: "Products",
    query: { metrics: ["shopify.units"], group_by: ["product"], limit: 20 },
  },
];

/** How many widgets it has, and how many of them are charts. */
export const TWELVE = { widgets: WIDGETS.length, charts: 6 };

const OWN = { range: null, compare: null, stores: null, filters: "add" };

/** Makes it for a store, and says where it is. */
export async function makeTwelve(page: Page, store: DemoStore, range: string): Promise<string> {
  const widgets = WIDGETS.map((widget, index) => ({
    ...widget,
    id: `widget${String(index).padStart(2, "0")}`,
    note: null,
    own: OWN,
    display: {},
    text: null,
  }));
  const made = await page.request.post("/api/dashboards", {
    data: {
      workspace_id: store.workspace.id,
      name: "Twelve",
      visibility: "private",
      document: {
        version: 1,
        settings: { range, compare: "previous_period", stores: [store.id], currency: null, filters: [] },
        sections: [{ id: "section01", title: null, columns: 3, collapsed: false, widgets }],
      },
    },
  });
  expect(made.status(), await made.text()).toBe(201);
  return `/dashboards/${((await made.json()) as { id: string }).id}`;
}

/** Removes it. */
export async function forgetTwelve(page: Page, address: string): Promise<void> {
  const gone = await page.request.delete(`/api${address}`, { headers: { "if-match": "*" } });
  expect(gone.status(), await gone.text()).toBe(204);
}
