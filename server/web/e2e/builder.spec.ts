import type { Browser, CDPSession, Locator, Page } from "@playwright/test";
import {
  editor,
  expect,
  figure,
  kept,
  keptTitles,
  loaded,
  open,
  openEditor,
  saved,
  shownTitles,
  test,
  words,
  type Section,
} from "./boards";
import { SESSION } from "./environment";
import { card, Complaints, expectAccessible, overflow } from "./fixtures";

const SECTIONS: Section[] = [
  {
    id: "first0",
    title: "First",
    widgets: [words("alpha0", "Alpha"), words("beta00", "Beta"), words("gamma0", "Gamma")],
  },
  { id: "second", title: "Second", widgets: [words("delta0", "Delta")] },
];

function handle(page: Page, name: string): Locator {
  return page.getByRole("button", { name: `Move ${name}`, exact: true });
}

async function centre(locator: Locator): Promise<{ x: number; y: number }> {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  if (!box) throw new Error("it is not on the page");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function place(page: Page, name: string): Promise<Locator> {
  const cell = page.locator("[data-widget]").filter({ has: handle(page, name) });
  await expect(cell).toBeVisible();
  return cell;
}

/** Takes something by its handle, and lets it go over something else, as a hand does with a mouse. */
async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const start = await centre(from);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 10, start.y + 10, { steps: 3 });
  const end = await centre(to);
  await page.mouse.move(end.x, end.y, { steps: 12 });
  await expect(page.locator("[data-drop], .ring-accent").first()).toBeVisible();
  await page.mouse.up();
}

test("widgets are moved with the mouse, within a section and into another, and stay there", async ({
  page,
  make,
}) => {
  const dashboard = await make(SECTIONS);
  await openEditor(page, dashboard);
  await drag(page, handle(page, "Alpha"), await place(page, "Gamma"));
  await expect.poll(() => shownTitles(page)).toEqual(["Beta", "Gamma", "Alpha", "Delta"]);
  await drag(page, handle(page, "Beta"), await place(page, "Delta"));
  await expect.poll(() => shownTitles(page)).toEqual(["Gamma", "Alpha", "Beta", "Delta"]);
  await drag(page, handle(page, "Gamma"), page.getByRole("button", { name: "Add a widget to Second" }));
  await expect.poll(() => shownTitles(page)).toEqual(["Alpha", "Beta", "Delta", "Gamma"]);
  await saved(page);
  expect(await keptTitles(page, dashboard.id)).toEqual([["Alpha"], ["Beta", "Delta", "Gamma"]]);
  await page.reload();
  await expect(editor(page)).toBeVisible();
  expect(await shownTitles(page)).toEqual(["Alpha", "Beta", "Delta", "Gamma"]);
});

test("sections are moved with the mouse", async ({ page, make }) => {
  const dashboard = await make(SECTIONS);
  await openEditor(page, dashboard);
  await drag(page, handle(page, "Second"), page.getByRole("group", { name: "First", exact: true }));
  await expect.poll(() => shownTitles(page)).toEqual(["Delta", "Alpha", "Beta", "Gamma"]);
  await saved(page);
});

test("what is let go beside everything, or with Escape, stays where it was", async ({ page, make }) => {
  const dashboard = await make(SECTIONS);
  await openEditor(page, dashboard);
  const start = await centre(handle(page, "Alpha"));
  const end = await centre(await place(page, "Gamma"));
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 10 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  expect(await shownTitles(page)).toEqual(["Alpha", "Beta", "Gamma", "Delta"]);
  await expect(page.getByRole("button", { name: "Undo", exact: true })).toBeDisabled();
});

/** A browser as a phone has it. */
async function phone(browser: Browser, baseURL: string | undefined) {
  const context = await browser.newContext({
    ...(baseURL !== undefined && { baseURL }),
    storageState: SESSION,
    hasTouch: true,
    isMobile: true,
    viewport: { width: 390, height: 844 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  return { page, complaints: new Complaints(page), touch: await context.newCDPSession(page) };
}

async function put(touch: CDPSession, type: string, point?: { x: number; y: number }): Promise<void> {
  await touch.send("Input.dispatchTouchEvent", {
    type: type as "touchStart" | "touchMove" | "touchEnd",
    touchPoints: point ? [point] : [],
  });
}

test("widgets are moved with a finger, and the page is still scrolled with one", async ({
  browser,
  baseURL,
  make,
}) => {
  // Small ones stand side by side, so that nothing has to be scrolled meanwhile.
  const small = SECTIONS.map((section) => ({
    ...section,
    widgets: section.widgets.map((widget) => ({ ...widget, size: "small" })),
  }));
  const dashboard = await make(small);
  const { page, complaints, touch } = await phone(browser, baseURL);
  await openEditor(page, dashboard);
  const end = await centre(await place(page, "Beta"));
  const start = await centre(handle(page, "Alpha"));
  await put(touch, "touchStart", start);
  await page.waitForTimeout(300);
  for (const part of [0.1, 0.4, 0.7, 1]) {
    const point = { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part };
    await put(touch, "touchMove", point);
    await page.waitForTimeout(30);
  }
  await expect(page.locator("[data-drop]")).toBeVisible();
  await put(touch, "touchEnd");
  await expect.poll(() => shownTitles(page)).toEqual(["Beta", "Alpha", "Gamma", "Delta"]);
  await saved(page);

  await page.evaluate(() => window.scrollTo(0, 0));
  const at = await centre(page.getByText("Words of Gamma"));
  const before = await page.evaluate(() => window.scrollY);
  await put(touch, "touchStart", at);
  for (let moved = 20; moved <= 200; moved += 20) {
    await put(touch, "touchMove", { ...at, y: at.y - moved });
    await page.waitForTimeout(16);
  }
  await put(touch, "touchEnd");
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(before + 100);
  expect(await shownTitles(page)).toEqual(["Beta", "Alpha", "Gamma", "Delta"]);
  expect(complaints.all).toEqual([]);
  await page.context().close();
});

test("a dashboard is put together by keys alone", async ({ page, make }) => {
  const dashboard = await make([]);
  await open(page, dashboard);
  await page.keyboard.press("e");
  await expect(editor(page)).toBeVisible();
  for (const text of ["average order", "orders"]) {
    await page.keyboard.press("a");
    await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toBeHidden();
  }
  await expect(handle(page, "Orders")).toBeFocused();
  await page.keyboard.press("Space");
  const said = page.locator("[id^=DndLiveRegion]");
  await expect(said).toHaveText(/^Picked up Orders, 2 of 2 in section 1\.$/);
  await page.keyboard.press("ArrowLeft");
  await expect(said).toHaveText(/^Orders would be 1 of 2 in section 1\.$/);
  await page.keyboard.press("Space");
  await expect(said).toHaveText(/^Orders is now 1 of 2 in section 1\.$/);
  await expect(handle(page, "Orders")).toBeFocused();
  await expect.poll(() => shownTitles(page)).toEqual(["Orders", "Average order value"]);
  // On to its panel, and back.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "Widget" })).toBeVisible();
  await page.getByRole("button", { name: "Close the panel" }).press("Enter");
  await expect(page.getByRole("button", { name: "Change Orders" })).toBeFocused();
  await saved(page);
  await page.keyboard.press("e");
  await expect(page.getByRole("button", { name: "Edit" })).toBeFocused();
  await page.reload();
  await loaded(page);
  expect(await shownTitles(page)).toEqual(["Orders", "Average order value"]);
});

test("the picker shows a figure with its own numbers before it is added", async ({ page, make }) => {
  const dashboard = await make(SECTIONS);
  await openEditor(page, dashboard);
  await page.getByRole("button", { name: "Add a widget to Second" }).click();
  const picker = page.getByRole("dialog", { name: "Add a widget" });
  await picker.getByRole("combobox", { name: "Search" }).fill("refunds");
  await expect(picker.getByRole("option", { name: "Refunds", exact: true })).toBeVisible();
  const preview = picker.getByRole("region", { name: "Preview" });
  await expect(preview.getByRole("region", { name: "Refunds" })).toHaveAttribute("aria-busy", "false");
  await expect(preview).toContainText(/\d/);
  await picker.getByRole("radio", { name: "Bars" }).click();
  await expect(preview.getByRole("region", { name: /^Refunds by / })).toHaveAttribute("aria-busy", "false");
  await picker.getByRole("combobox", { name: "Search" }).fill("no such thing");
  await expect(picker.getByText("Nothing is called “no such thing”.")).toBeVisible();
  await picker.getByRole("combobox", { name: "Search" }).fill("");
  await picker.getByLabel("Source", { exact: true }).selectOption("Shopify");
  await expect(picker.getByRole("group", { name: "Shopify · Revenue" })).toBeVisible();
  await expect(picker.getByRole("group", { name: /Google/ })).toHaveCount(0);
  await picker.getByRole("option", { name: "Revenue", exact: true }).click();
  await picker.getByRole("button", { name: "Add to Second" }).click();
  await expect(page.getByRole("button", { name: /^Move Revenue by / })).toBeFocused();
  await saved(page);
  const { document } = await kept(page, dashboard.id);
  expect(document.sections[1]?.widgets.at(-1)).toMatchObject({
    kind: "bar",
    query: { metrics: ["shopify.revenue"] },
  });
});

test("the panel changes what a widget asks and how it looks, and every change is seen at once", async ({
  page,
  make,
}) => {
  const dashboard = await make([{ id: "first0", widgets: [figure("figure", "shopify.revenue")] }]);
  await openEditor(page, dashboard);
  await page.getByRole("button", { name: "Change Revenue" }).click();
  const panel = page.getByRole("complementary", { name: "Widget" });
  await expect(page).toHaveURL(/widget=figure/);
  await panel.getByLabel("Shown as").selectOption("Table");
  await expect(card(page, "Revenue by channel").getByRole("table")).toBeVisible();
  await panel.getByLabel("Cut by").selectOption("Country");
  await panel.getByRole("button", { name: "One more" }).click();
  await page.getByRole("dialog", { name: "Figures" }).getByRole("combobox").fill("orders");
  await page.keyboard.press("Enter");
  const table = card(page, "Revenue and orders by country");
  await expect(table.getByRole("columnheader", { name: /Orders/ })).toBeVisible();
  await panel.getByLabel("Days", { exact: true }).selectOption("Last 7 days");
  await panel.getByRole("tab", { name: "Filters" }).click();
  await panel.getByRole("button", { name: "Filter" }).click();
  const filter = page.getByRole("dialog", { name: "New filter" });
  await filter.getByLabel("What").selectOption("Country");
  await filter.getByRole("checkbox").first().check();
  await filter.getByRole("button", { name: "Add the filter" }).click();
  await expect(table).toHaveAttribute("aria-busy", "false");
  await expect(table.getByRole("rowheader").or(table.locator("tbody tr td:first-child"))).not.toHaveCount(0);
  await panel.getByRole("tab", { name: "Display" }).click();
  await panel.getByLabel("Title").fill("Where we sell");
  await panel.getByRole("radio", { name: "Full width" }).click();
  await expect(card(page, "Where we sell")).toBeVisible();
  await saved(page);
  const { document } = await kept(page, dashboard.id);
  expect(document.sections[0]?.widgets[0]).toMatchObject({
    kind: "table",
    size: "full",
    title: "Where we sell",
    query: { metrics: ["shopify.revenue", "shopify.orders"], group_by: ["country"] },
    own: { range: "last_7_days" },
  });
  // What was opened is opened again by its address.
  await page.reload();
  await expect(panel.getByRole("heading", { name: "Where we sell" })).toBeVisible();
});

test("a goal is set, and a value is judged by it", async ({ page, make }) => {
  const dashboard = await make([
    { id: "first0", widgets: [figure("figure", "shopify.orders", { id: "figure", kind: "goal" })] },
  ]);
  await openEditor(page, dashboard, "&widget=figure");
  const panel = page.getByRole("complementary", { name: "Widget" });
  await panel.getByLabel("Goal").fill("a lot");
  await expect(panel.getByText("A number, with a point before decimals.")).toBeVisible();
  await panel.getByLabel("Goal").fill("10");
  await panel.getByLabel("To be reached").selectOption("In all of the days");
  await saved(page);
  expect((await kept(page, dashboard.id)).document.sections[0]?.widgets[0]).toMatchObject({
    display: { goal: { value: "10", by: "range" } },
  });
});

test("changes are undone and done again, and what was undone is what is kept", async ({ page, make }) => {
  const dashboard = await make(SECTIONS);
  await openEditor(page, dashboard);
  await page.getByRole("button", { name: "More for Beta" }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await page.getByRole("button", { name: "More for Alpha" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await expect.poll(() => shownTitles(page)).toEqual(["Beta", "Beta", "Gamma", "Delta"]);
  await saved(page);
  await page.keyboard.press("Control+z");
  await expect.poll(() => shownTitles(page)).toEqual(["Alpha", "Beta", "Beta", "Gamma", "Delta"]);
  await page.keyboard.press("Control+z");
  await expect.poll(() => shownTitles(page)).toEqual(["Alpha", "Beta", "Gamma", "Delta"]);
  await page.keyboard.press("Control+Shift+z");
  await expect.poll(() => shownTitles(page)).toEqual(["Alpha", "Beta", "Beta", "Gamma", "Delta"]);
  await saved(page);
  await page.reload();
  await expect(editor(page)).toBeVisible();
  expect(await shownTitles(page)).toEqual(["Alpha", "Beta", "Beta", "Gamma", "Delta"]);
});

test("sections have one to three columns, a title, and are closed at first if that is wanted", async ({
  page,
  make,
}) => {
  const dashboard = await make(SECTIONS);
  await openEditor(page, dashboard);
  await page.getByRole("button", { name: "Section", exact: true }).click();
  const third = page.getByRole("group", { name: "section 3" });
  await third.getByRole("radio", { name: "Three columns" }).click();
  // The section is called by its title from the first letter on.
  const title = page.getByLabel("Title of the section").last();
  await title.fill("Later");
  await title.press("Enter");
  await page.getByRole("button", { name: "More for Second" }).click();
  await page.getByRole("menuitem", { name: "Show it closed at first" }).click();
  await saved(page);
  const { document } = await kept(page, dashboard.id);
  expect(document.sections.map(({ title, columns }) => [title, columns])).toEqual([
    ["First", 2],
    ["Second", 2],
    ["Later", 3],
  ]);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("Words of Alpha")).toBeVisible();
  await expect(page.getByText("Words of Delta")).toBeHidden();
  await page.getByRole("button", { name: "Second" }).click();
  await expect(page.getByText("Words of Delta")).toBeVisible();
});

test("of two who change the same dashboard one is asked, and nothing is lost", async ({
  page,
  browser,
  baseURL,
  make,
  complaints,
}) => {
  const dashboard = await make(SECTIONS);
  const context = await browser.newContext({
    ...(baseURL !== undefined && { baseURL }),
    storageState: SESSION,
  });
  const other = await context.newPage();
  await openEditor(page, dashboard);
  await openEditor(other, dashboard);
  await other.getByRole("button", { name: "More for Gamma" }).click();
  await other.getByRole("menuitem", { name: "Remove" }).click();
  await saved(other);

  await page.getByRole("button", { name: "More for Alpha" }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  const dialog = page.getByRole("dialog", { name: /changed it, too$/ });
  await expect(dialog).toBeVisible();
  await expectAccessible(page, "a conflict");
  await dialog.getByRole("button", { name: "Take theirs" }).click();
  await expect.poll(() => shownTitles(page)).toEqual(["Alpha", "Beta", "Delta"]);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect.poll(() => shownTitles(page)).toEqual(["Alpha", "Alpha", "Beta", "Gamma", "Delta"]);
  await saved(page);

  // The other one has the older revision now, and keeps theirs as a copy.
  await other.getByRole("button", { name: "More for Delta" }).click();
  await other.getByRole("menuitem", { name: "Remove" }).click();
  const theirs = other.getByRole("dialog", { name: /changed it, too$/ });
  await theirs.getByRole("button", { name: /^Keep mine as a copy/ }).click();
  await expect(other.getByLabel("Name of the dashboard")).toHaveValue("Copy of Of a test");
  expect(await shownTitles(other)).toEqual(["Alpha", "Beta"]);
  const copy = /dashboards\/([^?]+)/.exec(other.url())?.[1] ?? "";
  expect(copy).not.toBe(dashboard.id);
  expect(await keptTitles(page, dashboard.id)).toEqual([["Alpha", "Alpha", "Beta", "Gamma"], ["Delta"]]);
  await page.request.delete(`/api/dashboards/${copy}`, { headers: { "if-match": "*" } });
  await context.close();
  complaints.pardon(/412 \(Precondition Failed\)/);
});

test("what cannot be saved is kept and tried again, and leaving asks only then", async ({
  page,
  make,
  complaints,
}) => {
  const dashboard = await make(SECTIONS);
  await openEditor(page, dashboard);
  let away = true;
  await page.route(`**/api/dashboards/${dashboard.id}`, (route) =>
    away && route.request().method() === "PUT" ? route.abort() : route.fallback(),
  );
  await page.getByRole("button", { name: "More for Gamma" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await expect(page.getByText("Not saved yet, and kept here")).toBeVisible();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" }).click();
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await expect(question).toBeVisible();
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => shownTitles(page)).toEqual(["Alpha", "Beta", "Delta"]);
  away = false;
  await saved(page);
  expect(await keptTitles(page, dashboard.id)).toEqual([["Alpha", "Beta"], ["Delta"]]);
  // With nothing unsaved, and with what can still be saved, nobody is asked.
  await page.getByRole("button", { name: "More for Beta" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  expect(await keptTitles(page, dashboard.id)).toEqual([["Alpha"], ["Delta"]]);
  complaints.pardon(/ERR_FAILED/);
});

test("nothing sticks out sideways on a phone, and everything can be reached", async ({ page, make }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  const dashboard = await make([
    {
      id: "first0",
      title: "First",
      columns: 3,
      widgets: [figure("figure", "shopify.revenue"), words("alpha0", "Alpha")],
    },
  ]);
  await open(page, dashboard);
  await loaded(page);
  expect(await overflow(page), "looked at").toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "Edit" }).click();
  await expect(editor(page)).toBeVisible();
  expect(await overflow(page), "changed").toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "Change Alpha" }).click();
  const panel = page.getByRole("complementary", { name: "Widget" });
  await panel.getByRole("tab", { name: "Display" }).click();
  expect(await overflow(page), "the panel").toBeLessThanOrEqual(0);
  await panel.getByLabel("Note").scrollIntoViewIfNeeded();
  await expect(panel.getByLabel("Note")).toBeInViewport();
  await panel.getByRole("button", { name: "Close the panel" }).click();
  await page.getByRole("button", { name: "Add a widget to First" }).click();
  const picker = page.getByRole("dialog", { name: "Add a widget" });
  await expect(picker.getByRole("region", { name: "Preview" })).toBeAttached();
  expect(await overflow(page), "the picker").toBeLessThanOrEqual(0);
  await picker.getByRole("button", { name: /^Add to/ }).click();
  await expect(picker).toBeHidden();
  await saved(page);
});

for (const scheme of ["light", "dark"] as const) {
  test(`accessibility holds in the ${scheme} theme`, async ({ page, make }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const dashboard = await make([
      ...SECTIONS,
      {
        id: "third0",
        widgets: [
          figure("figure", "shopify.revenue"),
          figure("chart0", "shopify.orders", { id: "chart0", kind: "line", size: "large" }),
        ],
      },
    ]);
    await open(page, dashboard);
    await loaded(page);
    await expectAccessible(page, "a dashboard");
    await page.getByRole("button", { name: "Edit" }).click();
    await expect(editor(page)).toBeVisible();
    await loaded(page);
    await expectAccessible(page, "the editor");
    await page.getByRole("button", { name: "Add a widget to First" }).click();
    const picker = page.getByRole("dialog", { name: "Add a widget" });
    await expect(picker.getByRole("region", { name: "Preview" }).getByRole("region").first()).toHaveAttribute(
      "aria-busy",
      "false",
    );
    await expectAccessible(page, "the picker");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Change Orders" }).click();
    const panel = page.getByRole("complementary", { name: "Widget" });
    for (const tab of ["Data", "Filters", "Display"]) {
      await panel.getByRole("tab", { name: tab }).click();
      await expectAccessible(page, `the panel, ${tab}`);
    }
    await page.getByRole("button", { name: "Settings of the dashboard" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page, "the settings");
  });
}
