import type { Page } from "@playwright/test";
import { expect, expectAccessible, kpi, openOverview, overflow, test } from "./fixtures";

async function chooseTheme(page: Page, name: "Light" | "Dark" | "As the system"): Promise<void> {
  await page.getByRole("button", { name: /^Theme:/ }).click();
  await page.getByRole("menuitemradio", { name }).click();
}

/** How light the page's ground is, from 0 to 255, measured on the screen. */
async function lightness(page: Page): Promise<number> {
  const [red = 0, green = 0, blue = 0] = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    if (!context) return [];
    context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  });
  return (red + green + blue) / 3;
}

test("the theme can be chosen and stays chosen", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await openOverview(page);
  expect(await lightness(page)).toBeGreaterThan(230);
  await chooseTheme(page, "Dark");
  expect(await lightness(page)).toBeLessThan(50);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  expect(await lightness(page)).toBeLessThan(50);
  await chooseTheme(page, "As the system");
  expect(await lightness(page)).toBeGreaterThan(230);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => lightness(page)).toBeLessThan(50);
});

test("nothing sticks out sideways on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await openOverview(page);
  await kpi(page, "Customers");
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole("radio", { name: "Show as table" }).click();
  await expect(
    page.getByRole("region", { name: "Revenue over time", exact: true }).getByRole("table"),
  ).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: /^Date range/ }).click();
  await expect(page.getByLabel("Compare with")).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Imports" }).click();
  await expect(page.getByRole("heading", { name: "Imports" })).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

test("the heads of a table stay while its rows are scrolled", async ({ page }) => {
  await openOverview(page);
  await page.goto(`${page.url().split("?")[0] ?? ""}?range=last_90_days&by=day&chart=table`);
  const table = page.getByRole("region", { name: "Revenue over time", exact: true }).getByRole("table");
  const head = table.getByRole("columnheader").first();
  const top = async () => (await head.boundingBox())?.y ?? Number.NaN;
  await expect(table.getByRole("row").nth(90)).toBeAttached();
  const before = await top();
  await table.locator("..").evaluate((box) => box.scrollTo({ top: 600 }));
  await expect(table.getByRole("row").nth(1)).not.toBeInViewport();
  expect(await top()).toBeCloseTo(before, 0);
  await expect(head).toBeInViewport();
});

test("with less motion nothing goes on moving for ever", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.route("**/api/metrics/query", () => undefined);
  await openOverview(page);
  const skeleton = page.locator(".animate-breathe").first();
  await expect(skeleton).toBeAttached();
  await expect(skeleton).toHaveCSS("animation-iteration-count", "1");
});

test.describe("accessibility", () => {
  for (const scheme of ["light", "dark"] as const) {
    test(`holds in the ${scheme} theme`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      const scan = (what: string) => expectAccessible(page, what);
      await openOverview(page);
      await kpi(page, "Customers");
      await expect(page.locator("[data-chart]").first()).toBeVisible();
      await scan("overview");
      await page.getByRole("radio", { name: "Show as table" }).click();
      await scan("overview, chart as a table");
      await page.getByRole("button", { name: /^Date range/ }).click();
      await expect(page.getByLabel("Compare with")).toBeVisible();
      await scan("range picker");
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: "Imports" }).click();
      await expect(page.getByRole("heading", { name: "Imports" })).toBeVisible();
      await scan("imports");
      await page.getByRole("button", { name: "Import orders" }).first().click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await scan("import dialog");
      await page.goto("/sign-in");
      await expect(page.getByLabel("Email")).toBeVisible();
      await scan("sign-in");
    });
  }
});
