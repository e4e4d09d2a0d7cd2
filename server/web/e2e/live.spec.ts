import type { Page, WebSocketRoute } from "@playwright/test";
import { GOOGLE, SHOPIFY } from "./environment";
import { card, expect, expectAccessible, kpi, test as base } from "./fixtures";
import { connectShop, countOrders, placeOrder, type DemoStore } from "./shop";
import { atMost } from "./timing";
import { forgetTwelve, makeTwelve } from "./twelve";

/*
 * Figures change while somebody looks at them: with sockets, without them, and not while the server is away. The shop is the simulated one,
 * which tells of each sale by itself.
 */
const test = base.extend({
  contextOptions: async ({ contextOptions }, use) => use({ ...contextOptions, reducedMotion: "reduce" }),
  // eslint-disable-next-line no-empty-pattern -- it asks for no other fixture
  neighbours: async ({}, use) => use([new URL(SHOPIFY).origin, new URL(GOOGLE).origin]),
});

test.describe.configure({ mode: "serial" });

/** As long as it may take from a sale until the shop has told of it and it is carried out. */
const TOLD = { timeout: 30_000 };

interface Told {
  version: number;
  committedAt: number;
}

/** What the sockets of a page are told of versions. */
function listen(page: Page): Told[] {
  const told: Told[] = [];
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      const news = JSON.parse(String(payload)) as { type: string; version: number; committed_at?: string };
      if (news.type !== "dashboard:update" || !news.committed_at) return;
      told.push({ version: news.version, committedAt: Date.parse(news.committed_at) });
    }),
  );
  return told;
}

/** Has the page write down when a card says something else. */
async function watch(page: Page, title: string): Promise<() => Promise<{ at: number; text: string }[]>> {
  await card(page, title).evaluate((region) => {
    const seen: { at: number; text: string }[] = [];
    new MutationObserver(() => seen.push({ at: Date.now(), text: region.textContent })).observe(region, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    Object.assign(globalThis, { seen });
  });
  return () => page.evaluate(() => (globalThis as unknown as { seen: { at: number; text: string }[] }).seen);
}

const written = (count: number) => count.toLocaleString("en-US");

let store: DemoStore;

test("the shop is connected", async ({ page }) => {
  test.setTimeout(180_000);
  store = await connectShop(page);
});

for (const where of ["the overview", "a dashboard of twelve widgets"]) {
  test(`a sale is on ${where} half a second after it was kept`, async ({ page, request }) => {
    const before = await countOrders(request);
    const isOverview = where === "the overview";
    const address = isOverview
      ? `/stores/${store.id}?range=all_time`
      : await makeTwelve(page, store, "all_time");
    const told = listen(page);
    await page.goto(address);
    await expect(card(page, "Orders")).toContainText(written(before));
    await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
    await expect.poll(() => told.length, "the socket has said where the store is").toBeGreaterThan(0);
    await page.evaluate(() => Object.assign(globalThis, { stayed: true }));
    const known = told.at(-1)?.version ?? 0;
    const seen = await watch(page, "Orders");

    await placeOrder(request);
    await expect(card(page, "Orders")).toContainText(written(before + 1), TOLD);
    expect(await page.evaluate(() => "stayed" in globalThis), "without a reload").toBe(true);
    const shown = (await seen()).find(({ text }) => text.includes(written(before + 1)));
    const kept = told.find(({ version }) => version > known);
    expect((shown?.at ?? Infinity) - (kept?.committedAt ?? 0), "milliseconds").toBeLessThan(atMost(500));
    if (!isOverview) await forgetTwelve(page, address);
  });
}

test("a sale is there without sockets, too, only later", async ({ page, request }) => {
  test.setTimeout(120_000);
  await page.routeWebSocket(/\/ws\/stores\//, (socket) => socket.close());
  const before = await countOrders(request);
  await page.goto(`/stores/${store.id}?range=all_time`);
  await expect(card(page, "Orders")).toContainText(written(before));
  await page.evaluate(() => Object.assign(globalThis, { stayed: true }));
  await placeOrder(request);
  await expect(card(page, "Orders")).toContainText(written(before + 1), { timeout: 60_000 });
  expect(await page.evaluate(() => "stayed" in globalThis), "without a reload").toBe(true);
});

test("while the server is away, what was known stays, with its age", async ({ page, complaints }) => {
  test.setTimeout(120_000);
  const sockets: WebSocketRoute[] = [];
  let away = false;
  await page.routeWebSocket(/\/ws\/stores\//, (socket) => {
    if (away) {
      void socket.close();
    } else {
      socket.connectToServer();
      sockets.push(socket);
    }
  });
  await page.goto(`/stores/${store.id}?range=all_time`);
  const orders = await kpi(page, "Orders");
  const notice = page.getByText(/^The server is away\. Figures as of /);
  await expect(notice).toBeHidden();

  away = true;
  await page.route("**/api/**", (route) => route.abort());
  for (const socket of sockets) await socket.close();
  await expect(notice).toBeVisible({ timeout: 30_000 });
  await expect(card(page, "Orders")).toContainText(orders);
  await expect(card(page, "Orders")).toHaveAttribute("aria-busy", "false");
  await expectAccessible(page, "figures of a server that is away");

  away = false;
  await page.unroute("**/api/**");
  await expect(notice).toBeHidden({ timeout: 30_000 });
  expect(await kpi(page, "Orders")).toBe(orders);
  complaints.pardon(/ERR_FAILED/);
});
