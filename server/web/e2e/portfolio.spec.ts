import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, overflow, test } from "./fixtures";

/*
 * All stores of the demo side by side: three currencies and three zones, told in one.
 */

interface Store {
  id: string;
  name: string;
  currency: string;
  timezone: string;
}

async function storesOf(page: Page): Promise<Store[]> {
  const { stores } = (await (await page.request.get("/api/stores")).json()) as { stores: Store[] };
  return stores;
}

/** What a store took in the last thirty days, as the metrics service tells it by itself. */
async function revenueOf(page: Page, store: string, currency?: string): Promise<string | null> {
  const data = {
    metrics: ["shopify.revenue"],
    stores: [store],
    time_range: "last_30_days",
    ...(currency && { currency }),
  };
  const answer = await page.request.post("/api/metrics/query", { data });
  expect(answer.status(), await answer.text()).toBe(200);
  const { totals } = (await answer.json()) as { totals: Record<string, string | null> };
  return totals["shopify.revenue"] ?? null;
}

/** The table as the file has it: names, and revenue with its currency. */
async function downloaded(page: Page): Promise<Map<string, [currency: string, revenue: string]>> {
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  const text = readFileSync(await (await downloading).path(), "utf8");
  const lines = text.trim().split("\r\n").slice(1);
  return new Map(
    lines.map((line) => {
      const [name = "", , , currency = "", revenue = ""] = line.split(",");
      return [name, [currency, revenue]];
    }),
  );
}

async function openPortfolio(page: Page, search = ""): Promise<void> {
  await page.goto(`/portfolio${search}`);
  await expect(page.getByRole("heading", { name: "Portfolio", level: 1 })).toBeVisible();
  await expect(page.getByRole("region", { name: "Stores" })).toHaveAttribute("aria-busy", "false");
  await expect(page.getByRole("rowheader").first()).toBeVisible();
}

/** Cents of an exact amount, whatever stands around its digits. */
function cents(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace(/[^\d.]/g, "").split(".");
  return BigInt(whole + fraction.padEnd(2, "0").slice(0, 2));
}

test("every store is there with its zone and the figures that it has by itself, in one currency", async ({
  page,
}) => {
  await openPortfolio(page);
  const stores = await storesOf(page);
  const file = await downloaded(page);
  expect([...file.keys()].sort()).toEqual(stores.map(({ name }) => name).sort());
  let sum = 0n;
  for (const { id, name, timezone } of stores) {
    const row = page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
    await expect(row).toContainText(timezone.replaceAll("_", " "));
    const alone = await revenueOf(page, id, "USD");
    expect(file.get(name), name).toEqual(["USD", alone ?? ""]);
    sum += cents(alone ?? "0");
    if (alone !== null)
      await expect(row.getByRole("img", { name: `Revenue of ${name} over time` })).toBeVisible();
  }
  const all = page.getByRole("row").filter({ hasText: `All ${stores.length} stores` });
  const total = cents((await all.getByTitle(/\d/).first().getAttribute("title")) ?? "");
  // Each store's amounts are rounded by themselves, and all of them once.
  expect(total - sum).toBeLessThanOrEqual(BigInt(stores.length));
  expect(sum - total).toBeLessThanOrEqual(BigInt(stores.length));
});

test("amounts stay in each store's own currency where that is asked for, and a link shows the same", async ({
  page,
}) => {
  await openPortfolio(page);
  await page.getByLabel("Amounts in").selectOption("Each its own currency");
  await expect(page).toHaveURL(/currency=own/);
  await expect(page.getByRole("button", { name: "Revenue", exact: true })).toHaveCount(0);
  await openPortfolio(page, new URL(page.url()).search);
  const file = await downloaded(page);
  for (const { id, name, currency } of await storesOf(page)) {
    const alone = await revenueOf(page, id);
    if (alone !== null) expect(file.get(name), name).toEqual([currency, alone]);
  }
});

test("the table is sorted and its days are chosen, all in the address", async ({ page }) => {
  await openPortfolio(page);
  const names = async () => page.locator("tbody").getByRole("rowheader").getByRole("link").allTextContents();
  const byName = [...(await names())].sort((a, b) => a.localeCompare(b));
  await page.getByRole("button", { name: "Store", exact: true }).click();
  await expect(page).toHaveURL(/order=name/);
  expect(await names()).toEqual(byName);
  await page.getByRole("button", { name: "Store", exact: true }).click();
  await expect.poll(names).toEqual([...byName].reverse());
  await page.getByRole("button", { name: /^Date range:/ }).click();
  await expect(page.getByText(/Days are each store’s own/)).toBeVisible();
  await page.getByRole("button", { name: "Last 7 days", exact: true }).click();
  await expect(page).toHaveURL(/range=last_7_days/);
  // The days go along to a store.
  await page.getByRole("link", { name: byName[0] ?? "", exact: true }).click();
  await expect(page).toHaveURL(/\/stores\/.*range=last_7_days/);
});

test("the portfolio is for everybody, in both themes and on a phone", async ({ page }) => {
  await openPortfolio(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `the portfolio, ${colorScheme}`);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await overflow(page), "how far the page sticks out").toBeLessThanOrEqual(0);
});

test("the portfolio is in the menu, and stays up when the server does not answer for a while", async ({
  page,
  complaints,
}) => {
  await page.clock.install();
  await page.goto("/");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Portfolio" }).click();
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  await page.route("**/api/metrics/batch", (route) => route.abort());
  // What was there is there still, and it is said that it is old.
  await page.clock.fastForward(31_000);
  await expect(page.getByText("Could not be brought up to date")).toBeVisible();
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  await page.unroute("**/api/metrics/batch");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Could not be brought up to date")).toBeHidden();
  complaints.pardon(/ERR_FAILED|Failed to load resource/);
});
