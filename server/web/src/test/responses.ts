import type { Change } from "@/lib/metrics/response";
import type { Import, Integration, Provider, QueryResponse, Session, Store, Sync } from "@/lib/api/types";

export const store: Store = {
  id: "0192a000-0000-7000-8000-000000000001",
  name: "Northwind",
  workspace: { id: "0192a000-0000-7000-8000-0000000000a1", name: "Demo" },
  currency: "USD",
  timezone: "America/New_York",
  week_start: "monday",
  version: 3,
  data_from: "2025-10-17",
  data_to: "2026-11-20",
};

/** Somebody who owns the organisation, with the parts that a test cares for replaced. */
export function sessionOf(parts: Partial<Session> = {}): Session {
  return {
    id: "0192a000-0000-7000-8000-0000000000c1",
    user: { id: "0192a000-0000-7000-8000-0000000000b1", email: "owner@example.com", name: "Kim" },
    organization: {
      id: "0192a000-0000-7000-8000-0000000000d1",
      name: "Northwind Trading",
      plan_tier: "free",
    },
    role: "owner",
    permissions: ["read_members", "leave", "manage_members", "read_audit", "manage_owners"],
    ...parts,
  };
}

const RANGE = {
  from: "2026-10-01",
  to: "2026-10-03",
  start: "2026-10-01T00:00:00-04:00",
  end: "2026-10-04T00:00:00-04:00",
  timezone: "America/New_York",
};

/** An answer about one metric on three days, with the parts that a test cares for replaced. */
export function metricResponse(metric: string, parts: Partial<QueryResponse> = {}): QueryResponse {
  return {
    columns: [
      { key: "time", title: "Day", type: "date", role: "time", unit: null, currency: null },
      {
        key: metric,
        title: "Revenue",
        type: "decimal",
        role: "metric",
        unit: "currency",
        currency: "USD",
        higher_is_better: true,
      },
    ],
    rows: [
      { time: "2026-10-01", [metric]: "100.00" },
      { time: "2026-10-02", [metric]: null },
      { time: "2026-10-03", [metric]: "23356.78" },
    ],
    totals: { [metric]: "23456.78" },
    comparison: null,
    total_rows: 3,
    truncated: false,
    meta: {
      query: { granularity: "day" } as QueryResponse["meta"]["query"],
      stores: [],
      range: RANGE,
      comparison_range: null,
      versions: {},
      as_of: { shopify: "2026-10-04T12:00:00Z" },
      incomplete: [],
      clipped: [],
      warnings: [],
      cache: "miss",
      parts: [],
      elapsed_ms: 1,
    },
    ...parts,
  };
}

/** The same answer with its amounts in another currency than the store's. */
export function inCurrency(response: QueryResponse, currency: string): QueryResponse {
  const columns = response.columns.map((column) =>
    column.unit === "currency" ? { ...column, currency } : column,
  );
  return { ...response, columns };
}

/** The same answer with warnings, each with its code for a detail unless the test cares for the words. */
export function warned(response: QueryResponse, warnings: Record<string, string>): QueryResponse {
  const listed = Object.entries(warnings).map(([code, detail]) => ({ code, detail }));
  return { ...response, meta: { ...response.meta, warnings: listed } };
}

/** What a metric's total is compared with. The description of the API does not say that values may be texts. */
export function compared(metric: string, change: Change): NonNullable<QueryResponse["comparison"]> {
  return { totals: { [metric]: change as unknown as Record<string, never> }, range: RANGE };
}

export function importOf(parts: Partial<Import> = {}): Import {
  return {
    id: "0192a000-0000-7000-8000-0000000000f1",
    store_id: store.id,
    kind: "shopify_orders",
    file_name: "orders_export.csv",
    size_bytes: 2_400_000,
    status: "done",
    progress: 1,
    rows_read: 41_334,
    counts: { new: 61_207, updated: 20, unchanged: 14, stale: 3 },
    already_imported: false,
    errors: [],
    error_count: 0,
    created_at: "2026-10-31T12:00:00Z",
    finished_at: "2026-10-31T12:00:09Z",
    ...parts,
  };
}

/** A provider that one signs in to elsewhere. */
export const shopify: Provider = {
  id: "shopify",
  title: "Shopify",
  description: "Orders, products and customers of a shop",
  available: true,
  sign_in: "oauth",
  fields: [
    {
      name: "shop",
      title: "Shop",
      help: "The address of its admin",
      placeholder: "my-shop.myshopify.com",
      secret: false,
      optional: false,
    },
  ],
  streams: [
    { id: "orders", title: "Orders" },
    { id: "products", title: "Products" },
    { id: "customers", title: "Customers" },
  ],
};

/** One whose keys are copied. */
export const gorgias: Provider = {
  id: "gorgias",
  title: "Gorgias",
  description: "Tickets of a help desk",
  available: true,
  sign_in: "keys",
  fields: [
    {
      name: "domain",
      title: "Domain",
      help: "The first part of its address",
      placeholder: "my-desk",
      secret: false,
      optional: false,
    },
    {
      name: "api_key",
      title: "API key",
      help: "Under Settings → REST API",
      placeholder: "",
      secret: true,
      optional: false,
    },
    { name: "inbox", title: "Inbox", help: "", placeholder: "", secret: false, optional: true },
  ],
  streams: [{ id: "tickets", title: "Tickets" }],
};

export function integrationOf(parts: Partial<Integration> = {}): Integration {
  return {
    id: "0192a000-0000-7000-8000-000000000101",
    store_id: store.id,
    provider: "shopify",
    status: "connected",
    account: { id: "northwind.myshopify.com", name: "Northwind Shop", scopes: [] },
    warnings: [],
    connected_by: "kim@example.com",
    created_at: "2026-11-01T12:00:00Z",
    synced_at: "2026-11-21T11:55:00Z",
    next_sync_at: "2026-11-21T12:05:00Z",
    latest_sync: syncOf(),
    dead_deliveries: 0,
    ...parts,
  };
}

export function syncOf(parts: Partial<Sync> = {}): Sync {
  return {
    id: "0192a000-0000-7000-8000-000000000201",
    integration_id: "0192a000-0000-7000-8000-000000000101",
    kind: "incremental",
    cause: "schedule",
    status: "done",
    cancelling: false,
    finished_streams: ["orders", "products", "customers"],
    records: 1_240,
    counts: { new: 12, updated: 3, removed: 1 },
    requests: 9,
    warnings: [],
    attempts: 0,
    created_at: "2026-11-21T11:55:00Z",
    started_at: "2026-11-21T11:55:00Z",
    finished_at: "2026-11-21T11:56:32Z",
    ...parts,
  };
}
