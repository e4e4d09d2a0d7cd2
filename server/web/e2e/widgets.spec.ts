import { readFile } from "node:fs/promises";
import type { Download, Page } from "@playwright/test";
import { card, expect, expectAccessible, openOverview, overflow, test } from "./fixtures";

interface Asked {
  id: string;
  kind: string;
  size?: string;
  query: object | null;
  display?: object;
  text?: string;
}

const WIDGETS: Asked[] = [
  {
    id: "revenue1",
    kind: "kpi",
    size: "small",
    query: { metrics: ["shopify.revenue"], granularity: "auto" },
  },
  { id: "line0001", kind: "line", query: { metrics: ["shopify.orders"], granularity: "auto" } },
  { id: "bars0001", kind: "bar", query: { metrics: ["shopify.units"], group_by: ["channel"] } },
  { id: "pie00001", kind: "pie", query: { metrics: ["shopify.discounts"], group_by: ["channel"] } },
  {
    id: "table001",
    kind: "table",
    size: "full",
    query: { metrics: ["shopify.product_revenue"], group_by: ["product"] },
  },
  {
    id: "hours001",
    kind: "heatmap",
    size: "large",
    query: { metrics: ["shopify.orders"], granularity: "hour" },
  },
  { id: "text0001", kind: "text", query: null, text: "# Notes\n\nRead **revenue** first." },
  { id: "reviews1", kind: "reviews", query: null },
];

/** Makes a dashboard of these widgets over a store with data, and opens it. */
async function openWidgets(page: Page, widgets: Asked[]): Promise<string> {
  await openOverview(page);
  const id = await page.evaluate(async (asked) => {
    const list = (await (await fetch("/api/stores")).json()) as {
      stores: { id: string; workspace: { id: string }; data_from?: string }[];
    };
    const store = list.stores.find(({ data_from }) => data_from !== undefined);
    const own = { range: null, compare: null, stores: null, filters: "add" };
    const all = asked.map((widget) => ({
      size: "medium",
      title: null,
      note: null,
      own,
      display: {},
      text: null,
      ...widget,
    }));
    const document = {
      version: 1,
      settings: {
        range: "last_30_days",
        compare: "previous_period",
        stores: store ? [store.id] : null,
        currency: null,
        filters: [],
      },
      sections: [{ id: "main0001", title: null, columns: 2, collapsed: false, widgets: all }],
    };
    const response = await fetch("/api/dashboards", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        workspace_id: store?.workspace.id,
        name: "Widgets of a test",
        visibility: "private",
        document,
      }),
    });
    return ((await response.json()) as { id: string }).id;
  }, widgets);
  await page.goto(`/dashboards/${id}`);
  return id;
}

async function removeDashboard(page: Page, id: string): Promise<void> {
  await page.evaluate(
    (one) => fetch(`/api/dashboards/${one}`, { method: "DELETE", headers: { "if-match": "*" } }),
    id,
  );
}

/** Chooses from a widget's menu. */
async function choose(page: Page, title: string, item: string): Promise<void> {
  await card(page, title).hover();
  await card(page, title)
    .getByRole("button", { name: `More of ${title}` })
    .click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function bytesOf(download: Download): Promise<Buffer> {
  return readFile(await download.path());
}

let dashboard = "";

test.beforeEach(async ({ page }) => {
  dashboard = await openWidgets(page, WIDGETS);
  await expect(card(page, "Orders").getByRole("application")).toBeVisible();
});

test.afterEach(async ({ page }) => {
  await removeDashboard(page, dashboard);
});

test("has a file with the same figures as its data", async ({ page }) => {
  await choose(page, "Orders", "Show the data");
  const dialog = page.getByRole("dialog", { name: "Orders" });
  await expect(dialog.locator("tbody tr")).toHaveCount(30);
  const shown = await dialog
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) => (row.querySelectorAll("td")[1]?.textContent ?? "").replaceAll(",", "")),
    );
  await page.keyboard.press("Escape");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    choose(page, "Orders", "Download CSV"),
  ]);
  expect(download.suggestedFilename()).toMatch(/^orders-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
  const lines = (await bytesOf(download)).toString("utf8").replace("\uFEFF", "").trim().split("\r\n");
  expect(lines.slice(1).map((line) => line.split(",")[1])).toEqual(shown);
});

test("is kept as a picture, as it is shown", async ({ page }) => {
  for (const title of ["Orders", "Product revenue by product", "Revenue"]) {
    const box = await card(page, title).boundingBox();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      choose(page, title, "Download picture"),
    ]);
    const bytes = await bytesOf(download);
    const picture = await page.evaluate(async (base64) => {
      const image = await createImageBitmap(
        new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], { type: "image/png" }),
      );
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      const context = canvas.getContext("2d");
      context?.drawImage(image, 0, 0);
      // Where the title is, and all of it.
      const colours = (width: number, height: number) => {
        const data = context?.getImageData(0, 0, width, height).data ?? [];
        const found = new Set<string>();
        for (let at = 0; at < data.length; at += 4) found.add([data[at], data[at + 1], data[at + 2]].join());
        return found.size;
      };
      return { width: image.width, title: colours(240, 90), all: colours(image.width, image.height) };
    }, bytes.toString("base64"));
    expect(Math.abs(picture.width - 2 * (box?.width ?? 0))).toBeLessThanOrEqual(2);
    // The shades at the edges of letters and lines.
    expect(picture.title, title).toBeGreaterThan(10);
    expect(picture.all, title).toBeGreaterThan(picture.title);
  }
});

test("says how it was computed", async ({ page }) => {
  await choose(page, "Orders", "How it was computed");
  const dialog = page.getByRole("dialog", { name: "Orders" });
  await expect(dialog).toContainText("Orders that were neither cancelled nor a test.");
  await expect(dialog).toContainText("Known until");
  await expect(dialog.locator("pre")).toContainText('"shopify.orders"');
});

test("is read by keyboard, in a line and in a heatmap", async ({ page }) => {
  await card(page, "Orders").getByRole("application").focus();
  await page.keyboard.press("End");
  await expect(card(page, "Orders").getByRole("status")).toContainText(/Orders\d/);
  await page.keyboard.press("Escape");
  await expect(card(page, "Orders").getByRole("status")).toBeEmpty();
  const hours = card(page, "Orders by hour and weekday");
  await hours.getByRole("application").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await expect(hours.getByRole("status")).toContainText("Tuesday");
});

test("a table is put into another order", async ({ page }) => {
  const table = card(page, "Product revenue by product");
  await table.getByRole("button", { name: "Product", exact: true }).click();
  const names = await table.locator("tbody tr td:first-child").allTextContents();
  expect(names.length).toBeGreaterThan(3);
  const sorted = [...names].sort((a, b) =>
    a.toLowerCase().localeCompare(b.toLowerCase(), "en", { numeric: true }),
  );
  expect(names).toEqual(sorted);
});

test("nothing moves while it loads, and nothing sticks out on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  const place = async () => (await card(page, "Product revenue by product").boundingBox())?.y ?? Number.NaN;
  await page.route("**/api/metrics/{query,batch}", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 800));
    await route.fallback();
  });
  await page.reload();
  await expect(card(page, "Product revenue by product")).toHaveAttribute("aria-busy", "true");
  const before = await place();
  await expect(card(page, "Product revenue by product").getByRole("table")).toBeVisible();
  expect(await place()).toBeCloseTo(before, 0);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

for (const scheme of ["light", "dark"] as const) {
  test(`are accessible in the ${scheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await expect(card(page, "Orders by hour and weekday").getByRole("application")).toBeVisible();
    await expectAccessible(page, "widgets");
    await choose(page, "Orders", "Show the data");
    await expect(page.getByRole("dialog", { name: "Orders" })).toBeVisible();
    await expectAccessible(page, "a widget's data");
    await page.getByRole("radio", { name: "How it was computed" }).click();
    await expectAccessible(page, "how a widget was computed");
  });
}
