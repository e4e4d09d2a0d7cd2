import type { Locator, Page } from "@playwright/test";
import { expect } from "./fixtures";

interface Store {
  id: string;
  name: string;
  workspace: { id: string };
  data_from?: string;
}

export interface MadeDashboard {
  id: string;
  name: string;
}

function widget(id: string, title: string, metric: string) {
  return {
    id,
    kind: "kpi",
    size: "small",
    title,
    note: null,
    query: { metrics: [metric], granularity: "auto" },
    own: { range: null, compare: null, stores: null, filters: "add" },
    display: {},
    text: null,
  };
}

/** The titles of the widgets of a dashboard that is made here. */
export const TITLES = ["Revenue", "Orders", "Average order"];

/** A public dashboard of one store of the demo's, made as the app does. */
export async function newDashboard(page: Page, name: string): Promise<MadeDashboard> {
  const { stores } = (await (await page.request.get("/api/stores")).json()) as { stores: Store[] };
  const store = stores.find(({ data_from }) => data_from !== undefined);
  if (!store) throw new Error("no store has data");
  const metrics = ["shopify.revenue", "shopify.orders", "shopify.aov"];
  const widgets = TITLES.map((title, index) => widget(`widget${index}`, title, metrics[index] ?? ""));
  const document = {
    version: 1,
    settings: {
      range: "last_30_days",
      compare: "previous_period",
      stores: [store.id],
      currency: null,
      filters: [],
    },
    sections: [{ id: "section1", title: null, columns: 2, collapsed: false, widgets }],
  };
  const data = { workspace_id: store.workspace.id, name, visibility: "public", document };
  const made = await page.request.post("/api/dashboards", { data });
  expect(made.status(), await made.text()).toBe(201);
  const { id } = (await made.json()) as { id: string };
  return { id, name };
}

/** A link to it, made as the app does, with more said. */
export async function newLink(page: Page, { id }: MadeDashboard, more: object = {}) {
  const data = { name: "For you", dashboard_id: id, expires_at: null, ...more };
  const made = await page.request.post("/api/shares", { data });
  expect(made.status(), await made.text()).toBe(201);
  const { share, token } = (await made.json()) as {
    share: { id: string; embed_key?: string };
    token: string;
  };
  return { id: share.id, token, embedKey: share.embed_key ?? "", path: `/shared#token=${token}` };
}

/** The big figure of a widget, once it is there. */
export async function figure(on: Page | Locator, title: string): Promise<string> {
  const region = on.getByRole("region", { name: title, exact: true });
  await expect(region).toHaveAttribute("aria-busy", "false");
  const value = region.getByRole("button").filter({ hasText: /\d/ }).first();
  await expect(value).toBeVisible();
  return (await value.textContent()) ?? "";
}

export async function figures(on: Page | Locator): Promise<string[]> {
  const all: string[] = [];
  for (const title of TITLES) all.push(await figure(on, title));
  return all;
}
