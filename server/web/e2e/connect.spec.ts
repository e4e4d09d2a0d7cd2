import type { APIRequestContext, Page } from "@playwright/test";
import { EMPTY_STORE, GOOGLE, SHOP, SHOPIFY } from "./environment";
import {
  card,
  exactKpi,
  expect,
  expectAccessible,
  openOverview,
  overflow,
  switchStore,
  test as base,
} from "./fixtures";

/*
 * Connects a store through the pages of the simulated Shopify and Google, as somebody does who has just come, and holds the figures against what
 * the simulators' shop has. Each test goes on where the one before it ended.
 */
const test = base.extend({
  contextOptions: async ({ contextOptions }, use) => use({ ...contextOptions, reducedMotion: "reduce" }),
  // eslint-disable-next-line no-empty-pattern -- it asks for no other fixture
  neighbours: async ({}, use) => use([new URL(SHOPIFY).origin, new URL(GOOGLE).origin]),
});

test.describe.configure({ mode: "serial" });

const DAY_MS = 86_400_000;
/** As long as a first reading of a small shop may take on a slow machine. */
const READING = { timeout: 120_000 };

/** An order as the simulator tells it; amounts in cents. */
interface Order {
  processed_at: string;
  cancelled_at: string | null;
  test: boolean;
  customer: string | null;
  total: number;
}

/** The orders that count: no test orders, and none that were cancelled. */
async function ordersOf(request: APIRequestContext): Promise<Order[]> {
  const answer = await request.get(`${SHOPIFY}/_control/shops/${SHOP}/orders`);
  const orders = (await answer.json()) as Order[];
  return orders.filter((order) => !order.test && order.cancelled_at === null);
}

function totalOf(orders: Order[]): number {
  return orders.reduce((sum, order) => sum + order.total, 0);
}

async function openStore(page: Page, search = ""): Promise<void> {
  await openOverview(page);
  await switchStore(page, EMPTY_STORE);
  if (search) await page.goto(`${page.url().split("?")[0] ?? ""}${search}`);
}

async function openConnections(page: Page): Promise<void> {
  await openStore(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Connections" }).click();
  await expect(page.getByText(`Where the data of ${EMPTY_STORE} come from.`)).toBeVisible();
}

/** From the page of the connections to the consent page of Shopify. */
async function goToShopify(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Connect Shopify" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect Shopify" });
  await expect(dialog.getByLabel("Shop", { exact: true })).toHaveValue(SHOP);
  await dialog.getByRole("button", { name: "Go to Shopify" }).click();
  await expect(page.getByRole("heading", { name: `Install Aloftly on ${SHOP}?` })).toBeVisible();
}

/** Waits until what is read of a source is read, and says how far it was seen to be meanwhile. */
async function watch(page: Page, title: string): Promise<string[]> {
  const seen: string[] = [];
  const progress = page.getByRole("group", { name: `What is being read of ${title}` });
  await expect(async () => {
    const text = (await progress.allTextContents()).join(" ");
    if (text !== "" && seen.at(-1) !== text) seen.push(text);
    await expect(progress).toHaveCount(0, { timeout: 1 });
  }).toPass({ ...READING, intervals: [100] });
  return seen;
}

test("a store without data says so, and leads to where it is connected", async ({ page }) => {
  await openStore(page);
  await expect(page.getByText(`${EMPTY_STORE} has no data yet`)).toBeVisible();
  await expectAccessible(page, "a store without data");
  await page.getByRole("button", { name: "Connect a source" }).click();
  await expect(page.getByText(`Where the data of ${EMPTY_STORE} come from.`)).toBeVisible();
});

test("who declines at Shopify comes back to a page that says what that means", async ({ page }) => {
  await openConnections(page);
  await goToShopify(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  const notice = page.getByRole("alert").filter({ hasText: "Shopify was not allowed to let Aloftly in" });
  await expect(notice).toBeVisible();
  await expect(page.getByRole("button", { name: "Connect Shopify" })).toBeVisible();
  await expect(page.getByText(`Where the data of ${EMPTY_STORE} come from.`)).toBeVisible();
});

test("a shop is connected, read while one watches, and its figures are the shop's", async ({
  page,
  request,
}) => {
  test.setTimeout(180_000);
  await openConnections(page);
  await goToShopify(page);
  await page.getByRole("button", { name: "Install app" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Shopify is connected." })).toBeVisible();
  await expect(card(page, "Shopify")).toContainText(SHOP);
  const seen = await watch(page, "Shopify");
  expect(seen.join(" "), "it was seen under way").toContain("Orders");
  await expect(page.getByText("Shopify is read").first()).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await expectAccessible(page, "a shop that is connected");

  await openStore(page, "?range=all_time");
  const orders = await ordersOf(request);
  expect(orders.length).toBeGreaterThan(200);
  expect(await exactKpi(page, "Orders")).toBe(orders.length.toLocaleString("en-US"));
  const revenue = (await exactKpi(page, "Revenue")).replace(/[^\d.]/g, "");
  expect(revenue).toBe((totalOf(orders) / 100).toFixed(2));
  const customers = new Set(orders.map(({ customer }) => customer).filter((customer) => customer !== null));
  expect(await exactKpi(page, "Customers")).toBe(customers.size.toLocaleString("en-US"));
});

test("an order that is placed afterwards is there after the next reading", async ({ page, request }) => {
  test.setTimeout(180_000);
  const before = await ordersOf(request);
  const placed = await request.post(`${SHOPIFY}/_control/shops/${SHOP}/actions`, {
    data: { action: "place_order" },
  });
  expect(placed.ok(), await placed.text()).toBe(true);
  const after = await ordersOf(request);
  expect(after.length).toBe(before.length + 1);
  await openConnections(page);
  await page.getByRole("button", { name: "Read now: Shopify" }).click();
  await watch(page, "Shopify");
  await openStore(page, "?range=all_time");
  await expect(async () => {
    await page.reload();
    expect(await exactKpi(page, "Orders")).toBe(after.length.toLocaleString("en-US"));
  }).toPass(READING);
  expect((await exactKpi(page, "Revenue")).replace(/[^\d.]/g, "")).toBe((totalOf(after) / 100).toFixed(2));
});

test("a property of Google Analytics is chosen among several, and its visits are the shop's", async ({
  page,
  request,
}) => {
  test.setTimeout(240_000);
  await openConnections(page);
  const connect = async () => {
    await page.getByRole("button", { name: "Connect Google Analytics 4" }).click();
    const dialog = page.getByRole("dialog", { name: "Connect Google Analytics 4" });
    await dialog.getByRole("button", { name: "Go to Google Analytics 4" }).click();
    await expect(
      page.getByRole("heading", { name: "Aloftly wants access to your Google Account" }),
    ).toBeVisible();
  };
  await connect();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(
    page.getByRole("alert").filter({ hasText: "was not allowed to let Aloftly in" }),
  ).toBeVisible();
  await connect();
  await page.getByRole("button", { name: "Continue" }).click();
  const choice = page.getByRole("dialog", { name: "Choose an account of Google Analytics 4" });
  await expect(choice.getByRole("radio")).toHaveCount(2);
  await expectAccessible(page, "the choice of a property");
  await choice.getByLabel(new RegExp(`^${EMPTY_STORE}`)).check();
  await choice.getByRole("button", { name: "Choose" }).click();
  await expect(choice).toBeHidden();
  await watch(page, "Google Analytics 4");
  await expect(page.getByText("Google Analytics 4 is read").first()).toBeVisible();

  const { stores } = (await (await page.request.get("/api/stores")).json()) as {
    stores: { id: string; name: string }[];
  };
  const store = stores.find(({ name }) => name === EMPTY_STORE)?.id ?? "";
  const { integrations } = (await (await page.request.get(`/api/integrations?store=${store}`)).json()) as {
    integrations: { provider: string; account: { id: string } }[];
  };
  const property =
    integrations.find(({ provider }) => provider === "ga4")?.account.id.replace(/\D/g, "") ?? "";
  // Visits of the last days are still becoming known.
  const days = [5, 20, 60].map((ago) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10));
  for (const day of days) {
    const visits = (await (
      await request.get(`${GOOGLE}/_control/properties/${property}/days/${day}`)
    ).json()) as { events: { name: string; value: number }[] }[];
    const purchases = visits.flatMap(({ events }) => events.filter(({ name }) => name === "purchase"));
    const answer = await page.request.post("/api/metrics/query", {
      data: {
        metrics: ["ga4.sessions", "ga4.purchases"],
        time_range: { from: day, to: day },
        stores: [store],
      },
    });
    const { totals } = (await answer.json()) as { totals: Record<string, unknown> };
    expect(visits.length, day).toBeGreaterThan(0);
    expect(Number(totals["ga4.sessions"]), day).toBe(visits.length);
    expect(Number(totals["ga4.purchases"] ?? 0), day).toBe(purchases.length);
  }
});
