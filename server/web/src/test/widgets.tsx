import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { Metric, QueryRequest, QueryResponse, Registry } from "@/lib/api/types";
import type { Widget } from "@/lib/dashboards/document";
import { DataSourceContext, type DataSource } from "@/lib/metrics/data-source";
import { registryQuery } from "@/lib/metrics/registry";

/** A metric as the registry tells it, with the parts that a test cares for replaced. */
export function metricOf(id: string, parts: Partial<Metric> = {}): Metric {
  const [source = "", name = ""] = id.split(".");
  return {
    id,
    source,
    title: name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " "),
    description: `What ${name} counts`,
    unit: "count",
    category: "orders",
    formula: {
      measure: {
        ...({ count_distinct: { column: "id" } } as const),
        rows: {
          dataset: source === "shopify" ? "orders" : "metric_events",
          time: ["created_at"],
          is_money: false,
          is_refund: false,
        },
      },
    },
    aggregation: "sum",
    aggregations: ["sum"],
    dimensions: ["store", "channel", "country"],
    additive: true,
    has_hours: source === "shopify",
    higher_is_better: true,
    ...parts,
  };
}

export const registry: Registry = {
  metrics: [
    metricOf("shopify.revenue", { title: "Revenue", unit: "currency" }),
    metricOf("shopify.orders", { title: "Orders" }),
    metricOf("shopify.aov", { title: "Average order value", unit: "currency", additive: false }),
    metricOf("shopify.customers", { title: "Customers", additive: false }),
    metricOf("ga4.sessions", { title: "Sessions", dimensions: ["store", "device"] }),
    metricOf("store.conversion_rate", {
      title: "Conversion rate",
      unit: "percentage",
      additive: false,
      formula: { computed: "shopify.orders / ga4.sessions" },
      has_hours: false,
    }),
  ],
  dimensions: [
    { id: "channel", title: "Channel", description: "Where an order was placed", has_few_values: true },
    { id: "country", title: "Country", description: "Where it went", has_few_values: true },
    { id: "device", title: "Device", description: "What the visitor used", has_few_values: true },
  ],
  sources: [
    { id: "shopify", title: "Shopify" },
    { id: "ga4", title: "Google Analytics 4" },
    { id: "judgeme", title: "Judge.me" },
    { id: "gorgias", title: "Gorgias" },
  ],
};

export function widgetOf(parts: Partial<Widget> = {}): Widget {
  return {
    id: "widget01",
    kind: "kpi",
    size: "medium",
    title: null,
    note: null,
    query: { metrics: ["shopify.revenue"] },
    own: { range: null, compare: null, stores: null, filters: "add" },
    display: {},
    text: null,
    ...parts,
  };
}

type Ask = (widgetId: string, question: QueryRequest) => QueryResponse | Promise<QueryResponse>;

interface AnsweredProps {
  ask: Ask;
  /** What is known of metrics; null where nobody tells. */
  registry?: Registry | null;
  children: ReactNode;
}

/** Has the widgets within get their answers from the test, and what is known of metrics, too. */
export function Answered({ ask, registry: known = registry, children }: AnsweredProps) {
  const queries = useQueryClient();
  const [source] = useState((): DataSource => {
    if (known) queries.setQueryData(registryQuery.queryKey, known);
    return {
      key: ["test"],
      ask: async (widgetId, question) => {
        const answer = await ask(widgetId, question);
        return answer;
      },
    };
  });
  return <DataSourceContext value={source}>{children}</DataSourceContext>;
}
