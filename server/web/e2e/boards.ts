import type { Page } from "@playwright/test";
import { card, expect, test as base } from "./fixtures";

/** Dashboards that tests make and take away again. */

export interface Store {
  id: string;
  name: string;
  currency: string;
  timezone: string;
  workspace: { id: string; name: string };
  data_from?: string;
}

export interface Widget {
  id: string;
  kind?: string;
  size?: string;
  title?: string | null;
  query?: object | null;
  text?: string | null;
  display?: object;
  own?: object;
}

export interface Section {
  id: string;
  title?: string | null;
  columns?: number;
  widgets: Widget[];
}

export interface Kept {
  id: string;
  name: string;
  revision: number;
  document: {
    settings: { range: string; filters: object[] };
    sections: {
      id: string;
      title: string | null;
      columns: number;
      widgets: {
        id: string;
        kind: string;
        size: string;
        title: string | null;
        query: object | null;
        own: object;
      }[];
    }[];
  };
}

export async function storesOf(page: Page): Promise<Store[]> {
  const answer = await page.request.get("/api/stores");
  return ((await answer.json()) as { stores: Store[] }).stores;
}

/** The stores of the demo that have data, by name. */
export async function storesWithData(page: Page): Promise<Store[]> {
  const stores = await storesOf(page);
  return stores
    .filter(({ data_from }) => data_from !== undefined)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A text: it is there at once, and asks nothing. */
export function words(id: string, title = id): Widget {
  return { id, kind: "text", size: "medium", title, text: `Words of ${title}` };
}

/** A figure of a metric. */
export function figure(id: string, metric: string, parts: Widget = { id }): Widget {
  return { kind: "kpi", size: "small", query: { metrics: [metric], granularity: "auto" }, ...parts, id };
}

/** What a dashboard shows, as the server wants it. */
export function documentOf(sections: Section[], settings: object = {}) {
  return {
    version: 1,
    settings: {
      range: "last_30_days",
      compare: "previous_period",
      stores: null,
      currency: null,
      filters: [],
      ...settings,
    },
    sections: sections.map((section) => ({
      title: null,
      columns: 2,
      collapsed: false,
      ...section,
      widgets: section.widgets.map((widget) => ({
        kind: "text",
        size: "medium",
        title: null,
        note: null,
        query: null,
        own: { range: null, compare: null, stores: null, filters: "add" },
        display: {},
        text: null,
        ...widget,
      })),
    })),
  };
}

interface Making {
  name?: string;
  visibility?: string;
  settings?: object;
}

interface Fixtures {
  /** Makes a dashboard of the demo's workspace; it is gone after the test. */
  make: (sections: Section[], making?: Making) => Promise<Kept>;
}

export const test = base.extend<Fixtures>({
  contextOptions: async ({ contextOptions }, use) => use({ ...contextOptions, reducedMotion: "reduce" }),
  make: async ({ page }, use) => {
    const made: string[] = [];
    await use(async (sections, { name = "Of a test", visibility = "workspace", settings = {} } = {}) => {
      const [store] = await storesWithData(page);
      const answer = await page.request.post("/api/dashboards", {
        data: {
          workspace_id: store?.workspace.id,
          name,
          visibility,
          document: documentOf(sections, settings),
        },
      });
      expect(answer.status(), await answer.text()).toBe(201);
      const kept = (await answer.json()) as Kept;
      made.push(kept.id);
      return kept;
    });
    for (const id of made) await remove(page, id);
  },
});

export { expect };

export async function remove(page: Page, id: string): Promise<void> {
  await page.request.delete(`/api/dashboards/${id}`, { headers: { "if-match": "*" } });
}

/** What the server has of a dashboard. */
export async function kept(page: Page, id: string): Promise<Kept> {
  return (await (await page.request.get(`/api/dashboards/${id}`)).json()) as Kept;
}

/** The titles of the widgets that the server has, section by section. */
export async function keptTitles(page: Page, id: string): Promise<(string | null)[][]> {
  const { document } = await kept(page, id);
  return document.sections.map(({ widgets }) => widgets.map(({ title }) => title));
}

/** Opens a dashboard, and waits for its name. */
export async function open(page: Page, { id, name }: Pick<Kept, "id" | "name">, search = ""): Promise<void> {
  await page.goto(`/dashboards/${id}${search}`);
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

/** Waits until every widget has what it asked for. */
export async function loaded(page: Page): Promise<void> {
  await expect(page.locator("[data-widget]").first()).toBeVisible();
  await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
}

export function editor(page: Page) {
  return page.getByRole("group", { name: "Changing the dashboard" });
}

/** Opens a dashboard to be changed. */
export async function openEditor(
  page: Page,
  dashboard: Pick<Kept, "id" | "name">,
  search = "",
): Promise<void> {
  await page.goto(`/dashboards/${dashboard.id}?edit=true${search}`);
  await expect(editor(page)).toBeVisible();
}

/** Waits until all that was changed is with the server. */
export async function saved(page: Page): Promise<void> {
  await expect(editor(page).getByRole("status")).toHaveText("Saved");
}

/** The titles of the widgets on the page, in their order. */
export async function shownTitles(page: Page): Promise<string[]> {
  return page.locator("[data-widget] h2, [data-widget] h3").allTextContents();
}

/** The big number of a figure, once it is there. */
export async function valueOf(page: Page, title: string): Promise<string> {
  const region = card(page, title);
  await expect(region).toHaveAttribute("aria-busy", "false");
  const value = region.getByRole("button").filter({ hasText: /\d|—/ }).first();
  await expect(value).toBeVisible();
  return ((await value.textContent()) ?? "").trim();
}

/** What the figures of a dashboard ask: every question that goes out while something is done. */
export async function asked(page: Page, act: () => Promise<void>): Promise<Record<string, unknown>[]> {
  const questions: Record<string, unknown>[] = [];
  const hear = (request: { url: () => string; postDataJSON: () => unknown }) => {
    if (!request.url().endsWith("/api/metrics/batch")) return;
    const { queries } = request.postDataJSON() as { queries: Record<string, Record<string, unknown>> };
    questions.push(...Object.values(queries));
  };
  page.on("request", hear);
  await act();
  await loaded(page);
  page.off("request", hear);
  return questions;
}
