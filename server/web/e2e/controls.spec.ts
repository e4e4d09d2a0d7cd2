import type { Page } from "@playwright/test";
import { asked, expect, figure, loaded, open, storesWithData, test, valueOf, words } from "./boards";
import { SESSION } from "./environment";
import { card, Complaints, expectAccessible, overflow } from "./fixtures";

const FIGURES = [
  {
    id: "first0",
    widgets: [
      figure("orders", "shopify.orders"),
      figure("revenue", "shopify.revenue"),
      figure("visits", "ga4.users"),
      {
        id: "chart0",
        kind: "line",
        size: "large",
        title: "Orders over time",
        query: { metrics: ["shopify.orders"], granularity: "auto" },
      },
    ],
  },
];

async function chooseStores(page: Page, names: string[], currency?: string): Promise<void> {
  await page.getByRole("button", { name: /^Stores:/ }).click();
  const popover = page.getByRole("dialog", { name: "Stores" });
  const all = popover.getByRole("checkbox", { name: "All stores" });
  if (await all.isChecked()) await all.uncheck();
  for (const name of names) await popover.getByRole("checkbox", { name: new RegExp(`^${name}`) }).check();
  if (currency) await popover.getByLabel("Amounts in").selectOption(currency);
  await popover.getByRole("button", { name: "Show them" }).click();
  await expect(popover).toBeHidden();
}

/** What a question tells by itself, beside the page. */
async function total(page: Page, query: object, metric: string): Promise<string> {
  const answer = await page.request.post("/api/metrics/query", { data: query });
  expect(answer.status(), await answer.text()).toBe(200);
  const { totals } = (await answer.json()) as { totals: Record<string, unknown> };
  return String(totals[metric]);
}

test("days and comparison are of the whole dashboard, stand in the address and come back with it", async ({
  page,
  make,
}) => {
  const [store] = await storesWithData(page);
  const dashboard = await make(FIGURES, { settings: { stores: [store?.id] } });
  await open(page, dashboard);
  await loaded(page);
  const questions = await asked(page, async () => {
    await page.getByRole("button", { name: /^Date range/ }).click();
    await page.getByLabel("Compare with").selectOption("previous_year");
    await page.getByRole("button", { name: "Last 7 days" }).click();
    await expect(page).toHaveURL(/range=last_7_days/);
  });
  expect(questions.length).toBeGreaterThan(0);
  expect(questions.at(-1)).toMatchObject({ time_range: "last_7_days", compare_to: "previous_year" });
  await expect(page).toHaveURL(/compare=previous_year/);
  const before = await valueOf(page, "Orders");
  await page.reload();
  await loaded(page);
  expect(await valueOf(page, "Orders")).toBe(before);
  await page.goBack();
  await expect(page).not.toHaveURL(/range=last_7_days/);
  await expect(page.getByRole("button", { name: /^Date range: Last 30 days/ })).toBeVisible();
});

test("a link shows the same in another browser", async ({ page, browser, baseURL, make }) => {
  const stores = await storesWithData(page);
  const [first, second] = stores;
  const dashboard = await make(FIGURES);
  await open(page, dashboard, "?range=last_14_days&compare=none");
  await loaded(page);
  await chooseStores(page, [first?.name ?? "", second?.name ?? ""], "EUR");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  const filter = page.getByRole("dialog", { name: "New filter" });
  await filter.getByLabel("What").selectOption("Country");
  await filter.getByRole("checkbox").first().check();
  await filter.getByRole("button", { name: "Add the filter" }).click();
  await loaded(page);
  const shown = { orders: await valueOf(page, "Orders"), revenue: await valueOf(page, "Revenue") };
  const chip = await page.getByRole("button", { name: /^Filter: Country/ }).textContent();

  const context = await browser.newContext({
    ...(baseURL !== undefined && { baseURL }),
    storageState: SESSION,
    locale: "en-US",
    timezoneId: "America/Los_Angeles",
  });
  const other = await context.newPage();
  const complaints = new Complaints(other);
  await other.goto(page.url());
  await loaded(other);
  await expect(other.getByRole("button", { name: "Stores: 2 stores, amounts in EUR" })).toBeVisible();
  await expect(other.getByRole("button", { name: /^Filter: Country/ })).toHaveText(chip ?? "");
  expect({ orders: await valueOf(other, "Orders"), revenue: await valueOf(other, "Revenue") }).toEqual(shown);
  expect(complaints.all).toEqual([]);
  await context.close();
});

test("several stores are told in one currency, and add up to what they are one by one", async ({
  page,
  make,
}) => {
  const stores = await storesWithData(page);
  const [first, second] = [stores[0], stores.find(({ currency }) => currency !== stores[0]?.currency)];
  if (!first || !second) throw new Error("the demo has stores of several currencies");
  const dashboard = await make(FIGURES, { settings: { stores: [first.id] } });
  await open(page, dashboard);
  await loaded(page);
  await expect(page.getByRole("button", { name: `Stores: ${first.name}` })).toBeVisible();
  const questions = await asked(page, () => chooseStores(page, [first.name, second.name], "USD"));
  expect(questions.every(({ currency }) => currency === "USD")).toBe(true);
  expect(
    questions.some(({ stores: of }) => JSON.stringify(of) === JSON.stringify([first.id, second.id])),
  ).toBe(true);
  await card(page, "Orders").getByRole("button").filter({ hasText: /\d/ }).first().hover();
  const shown = (await page.getByRole("tooltip").locator("p").first().textContent())?.replace(/\D/g, "");
  let sum = 0;
  for (const { id } of [first, second]) {
    const query = { metrics: ["shopify.orders"], stores: [id], time_range: "last_30_days" };
    sum += Number(await total(page, query, "shopify.orders"));
  }
  expect(Number(shown)).toBe(sum);
  await expect(card(page, "Revenue")).toContainText("USD");
});

test("a filter holds for what can be filtered by it, and is said to be left out elsewhere", async ({
  page,
  make,
}) => {
  const [store] = await storesWithData(page);
  const dashboard = await make(FIGURES, { settings: { stores: [store?.id] } });
  await open(page, dashboard);
  await loaded(page);
  const before = await valueOf(page, "Orders");
  const questions = await asked(page, async () => {
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    const filter = page.getByRole("dialog", { name: "New filter" });
    await filter.getByLabel("What").selectOption("Country");
    await filter.getByRole("checkbox").first().check();
    await filter.getByRole("button", { name: "Add the filter" }).click();
    await expect(page).toHaveURL(/f=/);
  });
  const of = (metric: string) =>
    questions.find(({ metrics }) => JSON.stringify(metrics) === JSON.stringify([metric]));
  expect(of("shopify.orders")).toHaveProperty("filters");
  expect(of("ga4.users") ?? {}).not.toHaveProperty("filters");
  await expect.poll(() => valueOf(page, "Orders")).not.toBe(before);
  await card(page, "Users per day").getByRole("button", { name: "What to know" }).hover();
  await expect(page.getByRole("tooltip")).toContainText("The filter on Country is left out here");
  await page.getByRole("button", { name: /^Remove the filter/ }).click();
  await expect(page).not.toHaveURL(/f=/);
  await expect.poll(() => valueOf(page, "Orders")).toBe(before);
});

test("views have names, are for oneself or for everybody, and are deleted and brought back", async ({
  page,
  make,
}) => {
  const dashboard = await make(FIGURES);
  await open(page, dashboard, "?range=last_7_days&compare=none");
  await loaded(page);
  await page.getByRole("button", { name: /^Saved views/ }).click();
  await page.getByRole("menuitem", { name: "Save as a view…" }).click();
  const dialog = page.getByRole("dialog", { name: "Save as a view" });
  await dialog.getByLabel("Name").fill("Week");
  await dialog.getByRole("checkbox", { name: /^Everybody/ }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Saved views: Week" })).toBeVisible();
  await open(page, dashboard);
  await loaded(page);
  await page.getByRole("button", { name: "Saved views: none chosen" }).click();
  await page.getByRole("menuitemradio", { name: "Week" }).click();
  await expect(page).toHaveURL(/range=last_7_days/);
  await expect(page).toHaveURL(/compare=none/);
  await page.getByRole("button", { name: "Saved views: Week" }).click();
  await page.getByRole("menuitem", { name: "Delete “Week”" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: "Saved views: Week" })).toBeVisible();
});

test("nothing sticks out sideways on a phone", async ({ page, make }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  const stores = await storesWithData(page);
  const dashboard = await make([
    { id: "first0", widgets: [words("alpha0", "Alpha"), figure("orders", "shopify.orders")] },
  ]);
  const f = encodeURIComponent(
    JSON.stringify([
      ["country", "in", "US", "CA", "DE", "GB"],
      ["channel", "set"],
    ]),
  );
  await open(
    page,
    dashboard,
    `?range=2026-01-01..2026-01-31&f=${f}&stores=${stores.map(({ id }) => id).join(",")}`,
  );
  await loaded(page);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  for (const name of [/^Stores:/, /^Date range/, /^Filter: Country/, /^Add a filter/]) {
    await page.getByRole("button", { name }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    expect(await overflow(page), String(name)).toBeLessThanOrEqual(0);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  }
});

for (const scheme of ["light", "dark"] as const) {
  test(`accessibility holds in the ${scheme} theme`, async ({ page, make }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const dashboard = await make(FIGURES);
    const f = encodeURIComponent(JSON.stringify([["country", "in", "US"]]));
    await open(page, dashboard, `?f=${f}`);
    await loaded(page);
    await expectAccessible(page, "a dashboard with a filter");
    for (const name of [/^Stores:/, /^Date range/, /^Filter: Country/]) {
      await page.getByRole("button", { name }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await expectAccessible(page, String(name));
      await page.keyboard.press("Escape");
    }
    await page.getByRole("button", { name: /^Saved views/ }).click();
    await page.getByRole("menuitem", { name: "Save as a view…" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page, "saving a view");
  });
}
