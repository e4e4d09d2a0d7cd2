import { http, HttpResponse } from "msw";
import type { Dimension, Metric, Registry } from "@/lib/api/types";
import type { Dashboard, DashboardDocument, Section, Widget } from "@/lib/dashboards/document";
import { network } from "./network";
import { store } from "./responses";

const ROWS = { dataset: "orders", times: ["created_at"], only: [] };

const revenue: Metric = {
  id: "shopify.revenue",
  source: "shopify",
  title: "Revenue",
  description: "What customers were charged for orders",
  unit: "currency",
  category: "revenue",
  formula: { measure: { rows: ROWS, count_of: {} } } as unknown as Metric["formula"],
  aggregation: "sum",
  aggregations: ["sum"],
  dimensions: ["store", "channel", "country", "product"],
  additive: true,
  has_hours: true,
  higher_is_better: true,
};

const daily = { measure: { rows: { ...ROWS, dataset: "metric_events" } } } as unknown as Metric["formula"];

/** A few metrics of two sources, as the registry tells them. */
export const registry: Registry = {
  metrics: [
    revenue,
    {
      ...revenue,
      id: "shopify.orders",
      title: "Orders",
      description: "Orders that count",
      unit: "count",
      category: "orders",
    },
    {
      ...revenue,
      id: "shopify.aov",
      title: "Average order value",
      description: "Revenue divided by orders",
      additive: false,
      aggregation: "ratio",
    },
    {
      ...revenue,
      id: "ga4.sessions",
      source: "ga4",
      title: "Sessions",
      description: "Visits",
      unit: "count",
      category: "traffic",
      formula: daily,
      has_hours: false,
      dimensions: ["store", "country", "device"],
    },
    {
      ...revenue,
      id: "ga4.bounce_rate",
      source: "ga4",
      title: "Bounce rate",
      description: "Sessions that were not engaged",
      unit: "percentage",
      category: "engagement",
      formula: daily,
      has_hours: false,
      dimensions: ["store"],
      additive: false,
      higher_is_better: false,
    },
  ],
  dimensions: [
    dimension("store", "Store", true),
    dimension("channel", "Channel", true),
    dimension("country", "Country", true),
    dimension("product", "Product", false),
    dimension("device", "Device", true),
  ],
  sources: [
    { id: "shopify", title: "Shopify" },
    { id: "ga4", title: "Google Analytics" },
  ],
};

function dimension(id: string, title: string, has_few_values: boolean): Dimension {
  return { id, title, description: title, has_few_values };
}

/** Has the server tell the registry. */
export function tellRegistry(): void {
  network.use(http.get("/api/metrics", () => HttpResponse.json(registry)));
}

/** A text, which asks nothing, with the parts that a test cares for replaced. */
export function widgetOf(id: string, parts: Partial<Widget> = {}): Widget {
  return {
    id,
    kind: "text",
    size: "medium",
    title: id,
    note: null,
    query: null,
    own: { range: null, compare: null, stores: null, filters: "add" },
    display: {},
    text: `Words of ${id}`,
    ...parts,
  };
}

/** A figure of a metric. */
export function figureOf(id: string, metric = "shopify.revenue", parts: Partial<Widget> = {}): Widget {
  return widgetOf(id, {
    kind: "kpi",
    size: "small",
    title: null,
    query: { metrics: [metric] },
    text: null,
    ...parts,
  });
}

export function sectionOf(id: string, widgets: Widget[], parts: Partial<Section> = {}): Section {
  return { id, title: null, columns: 2, collapsed: false, widgets, ...parts };
}

export function documentOf(
  sections: Section[],
  parts: Partial<DashboardDocument["settings"]> = {},
): DashboardDocument {
  const settings = {
    range: "last_30_days",
    compare: "previous_period" as const,
    stores: null,
    currency: null,
    filters: [],
  };
  return { version: 1, settings: { ...settings, ...parts }, sections };
}

/** A dashboard that one may change, with the parts that a test cares for replaced. */
export function dashboardOf(document: DashboardDocument, parts: Partial<Dashboard> = {}): Dashboard {
  const kim = { id: "0192a000-0000-7000-8000-0000000000b1", name: "Kim" };
  return {
    id: "0192a000-0000-7000-8000-000000000d01",
    workspace_id: store.workspace.id,
    name: "Every morning",
    description: "",
    visibility: "workspace",
    widgets: document.sections.reduce((count, { widgets }) => count + widgets.length, 0),
    revision: 4,
    created_by: kim,
    updated_at: "2026-11-20T08:00:00Z",
    updated_by: kim,
    may: { edit: true, delete: true, share: true },
    document,
    ...parts,
  };
}
