import type { APIRequestContext, Page } from "@playwright/test";
import { EMPTY_STORE, SHOP, SHOPIFY } from "./environment";
import { expect } from "./fixtures";

/** The simulated shop behind the demo's store that comes without data. */

/** As long as a first reading of a small shop may take on a slow machine. */
const READING = { timeout: 120_000 };

interface Integration {
  provider: string;
  status: string;
  synced_at?: string;
}

export interface DemoStore {
  id: string;
  name: string;
  workspace: { id: string };
}

export async function storesOf(page: Page): Promise<DemoStore[]> {
  const answer = await page.request.get("/api/stores");
  return ((await answer.json()) as { stores: DemoStore[] }).stores;
}

/** Connects the store to its shop, unless that was done before, and waits until all of it is read. */
export async function connectShop(page: Page): Promise<DemoStore> {
  const store = (await storesOf(page)).find(({ name }) => name === EMPTY_STORE);
  if (!store) throw new Error(`the demo has no store called ${EMPTY_STORE}`);
  const shopify = async () => {
    const answer = await page.request.get(`/api/integrations?store=${store.id}`);
    const { integrations } = (await answer.json()) as { integrations: Integration[] };
    return integrations.find(({ provider, status }) => provider === "shopify" && status === "connected");
  };
  if (!(await shopify())) {
    const started = await page.request.post("/api/oauth/shopify/start", {
      data: { store_id: store.id, fields: { shop: SHOP } },
    });
    expect(started.ok(), await started.text()).toBe(true);
    await page.goto(((await started.json()) as { location: string }).location);
    await page.getByRole("button", { name: "Install app" }).click();
    await page.waitForURL(/\/connections/);
  }
  await expect.poll(async () => (await shopify())?.synced_at, READING).toBeDefined();
  return store;
}

/** Somebody buys. */
export async function placeOrder(request: APIRequestContext): Promise<void> {
  const placed = await request.post(`${SHOPIFY}/_control/shops/${SHOP}/actions`, {
    data: { action: "place_order" },
  });
  expect(placed.ok(), await placed.text()).toBe(true);
}

/** How many orders the shop has that count: no test orders, and none that were cancelled. */
export async function countOrders(request: APIRequestContext): Promise<number> {
  const answer = await request.get(`${SHOPIFY}/_control/shops/${SHOP}/orders`);
  const orders = (await answer.json()) as { test: boolean; cancelled_at: string | null }[];
  return orders.filter((order) => !order.test && order.cancelled_at === null).length;
}
