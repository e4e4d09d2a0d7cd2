import type { Page } from "@playwright/test";
import { editor, expect, figure, loaded, open, test, words } from "./boards";
import { expectAccessible, openOverview, overflow, storeNames } from "./fixtures";

const SECTIONS = [
  { id: "first0", widgets: [figure("orders", "shopify.orders"), words("alpha0", "Read me first")] },
];

function palette(page: Page) {
  return page.getByRole("dialog", { name: "Search and commands" });
}

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(palette(page).getByRole("combobox")).toBeFocused();
}

test("keys lead to the pages, and back", async ({ page }) => {
  await openOverview(page);
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(page.getByRole("heading", { name: "Dashboards", level: 1 })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await expect(page.getByRole("heading", { name: "Portfolio", level: 1 })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
});

test("the palette finds dashboards, stores, widgets and what can be done", async ({ page, make }) => {
  const dashboard = await make(SECTIONS, { name: "Every morning at nine" });
  await openOverview(page);
  const [, second = ""] = await storeNames(page);
  await openPalette(page);
  await page.keyboard.type("morning nine");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Every morning at nine", level: 1 })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(dashboard.id));
  await loaded(page);

  await openPalette(page);
  await page.keyboard.type("read me");
  await page.keyboard.press("Enter");
  await expect(page.locator('[data-widget="alpha0"]')).toBeFocused();

  await openPalette(page);
  await page.keyboard.type("edit");
  await page.keyboard.press("Enter");
  await expect(editor(page)).toBeVisible();

  await openPalette(page);
  await page.keyboard.type(second);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: `Store: ${second}.` })).toBeVisible();
});

test("the palette is opened by a press, too, and closed without a trace", async ({ page }) => {
  await openOverview(page);
  const button = page.getByRole("button", { name: "Search and commands" });
  await button.click();
  await expect(palette(page)).toBeVisible();
  await page.keyboard.type("zzzzzz");
  await expect(palette(page).getByRole("status")).toContainText("Nothing here is called");
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  await expect(button).toBeFocused();
});

test("the list of dashboards is searched from the keyboard", async ({ page, make }) => {
  await make(SECTIONS, { name: "Zebra crossing" });
  await page.goto("/dashboards");
  await expect(page.getByRole("link", { name: "Zebra crossing" })).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Search the dashboards" })).toBeFocused();
  await page.keyboard.type("zebra g d e ?");
  await expect(page.getByText("No dashboard is called that")).toBeVisible();
  await expect(page).toHaveURL(/\/dashboards\?q=/);
});

test("all keys are listed, and those of one character can be switched off for good", async ({
  page,
  make,
}) => {
  const dashboard = await make(SECTIONS);
  await open(page, dashboard);
  await loaded(page);
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(list.getByRole("region", { name: "Go to" })).toContainText("Dashboards");
  await expect(list.getByRole("region", { name: "This dashboard" })).toContainText("Edit");
  await list.getByRole("checkbox", { name: "Keys of one character" }).uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(editor(page)).toBeHidden();
  await page.reload();
  await loaded(page);
  await page.keyboard.press("e");
  await expect(editor(page)).toBeHidden();
  await openPalette(page);
  await page.keyboard.type("keyboard");
  await page.keyboard.press("Enter");
  await list.getByRole("checkbox", { name: "Keys of one character" }).check();
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await expect(editor(page)).toBeVisible();
});

for (const scheme of ["light", "dark"] as const) {
  test(`accessibility holds in the ${scheme} theme`, async ({ page, make }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const dashboard = await make(SECTIONS);
    await open(page, dashboard);
    await loaded(page);
    await openPalette(page);
    await expect(palette(page).getByRole("option").first()).toBeVisible();
    await expectAccessible(page, "the palette");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    await expectAccessible(page, "the keys");
    await page.keyboard.press("Escape");
    await page.goto("/dashboards");
    await expect(page.getByRole("link", { name: "Of a test" }).first()).toBeVisible();
    await expectAccessible(page, "the list");
    await page.setViewportSize({ width: 360, height: 780 });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await openPalette(page);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });
}
