import { card, expect, exactKpi, kpi, openOverview, storeNames, switchStore, test } from "./fixtures";

test("shows the numbers of a store", async ({ page }) => {
  await openOverview(page);
  for (const title of ["Revenue", "Orders", "Average order", "Customers"]) {
    expect(await kpi(page, title)).toMatch(/\d/);
    await expect(card(page, title).getByRole("img", { name: `Trend of ${title}` })).toBeVisible();
    await expect(card(page, title)).toContainText(/from |nothing before/);
  }
  await expect(card(page, "Revenue over time").locator("[data-chart]").first()).toBeVisible();
  const rows = card(page, "Top products").getByRole("row");
  await expect(rows.nth(1)).toContainText(/\d\.\d\d/);
});

test("adds up: the days of the table are the total of the card", async ({ page }) => {
  await openOverview(page);
  const total = (await exactKpi(page, "Revenue")).replace(/[^\d.]/g, "");
  await card(page, "Revenue over time").getByRole("radio", { name: "Show as table" }).click();
  const cells = card(page, "Revenue over time").locator("tbody tr td:nth-child(2)");
  await expect(cells.first()).toBeVisible();
  const cents = (await cells.allTextContents()).map((text) => BigInt(text.replace(/\D/g, "") || "0"));
  const sum = cents.reduce((a, b) => a + b, 0n);
  expect(sum).toBe(BigInt(total.replace(".", "")));
});

test("keeps the range, the comparison and the form in the address", async ({ page }) => {
  await openOverview(page);
  await page.getByRole("button", { name: /^Date range/ }).click();
  await expect(page.getByText(/^Days are the store’s: /)).toBeVisible();
  await page.getByRole("button", { name: "Last 90 days" }).click();
  await expect(page).toHaveURL(/range=last_90_days/);
  await kpi(page, "Revenue");

  await page.getByRole("button", { name: /^Date range/ }).click();
  await page.getByLabel("Compare with").selectOption("previous_year");
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/compare=previous_year/);
  await card(page, "Revenue over time").getByRole("radio", { name: "Month" }).click();
  await card(page, "Top products").getByRole("button", { name: "Units" }).click();
  await expect(page).toHaveURL(/by=month/);
  await expect(page).toHaveURL(/sort=-units/);

  const before = { orders: await kpi(page, "Orders"), address: page.url() };
  await page.reload();
  expect(await kpi(page, "Orders")).toBe(before.orders);
  expect(page.url()).toBe(before.address);
  await expect(page.getByRole("button", { name: /^Date range: Last 90 days/ })).toBeVisible();
  await expect(card(page, "Top products").getByRole("columnheader", { name: "Units" })).toHaveAttribute(
    "aria-sort",
    "descending",
  );

  await page.goBack();
  await expect(page).not.toHaveURL(/sort=-units/);
});

test("takes days of one's own, and refuses an end before the start", async ({ page }) => {
  await openOverview(page);
  await page.getByRole("button", { name: /^Date range/ }).click();
  await page.getByLabel("From", { exact: true }).fill("2026-03-31");
  await page.getByLabel("To", { exact: true }).fill("2026-03-01");
  await expect(page.getByRole("alert")).toContainText("must not be after");
  await expect(page.getByRole("button", { name: "Apply" })).toBeDisabled();
  await page.getByLabel("From", { exact: true }).fill("2026-02-01");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/range=2026-02-01\.\.2026-03-01/);
  await expect(page.getByRole("button", { name: /^Date range: Feb 1 – Mar 1, 2026/ })).toBeVisible();
});

test("switches the store and keeps the range", async ({ page }) => {
  await openOverview(page);
  await page.goto(`${page.url().split("?")[0] ?? ""}?range=last_7_days`);
  const [first = "", second = ""] = await storeNames(page);
  await switchStore(page, first);
  const revenue = await exactKpi(page, "Revenue");
  const address = page.url();
  await switchStore(page, second);
  await expect(page).toHaveURL(/range=last_7_days/);
  expect(page.url()).not.toBe(address);
  expect(await exactKpi(page, "Revenue")).not.toBe(revenue);
});

test("reads the chart by keyboard", async ({ page }) => {
  await openOverview(page);
  const revenue = card(page, "Revenue over time");
  await kpi(page, "Revenue");
  await revenue.getByRole("application").focus();
  await page.keyboard.press("ArrowRight");
  await expect(revenue.getByText("Orders", { exact: true })).toBeVisible();
});

test("one card that fails leaves the others alone, and can be tried again", async ({ page, complaints }) => {
  let broken = true;
  await page.route("**/api/metrics/query", async (route) => {
    const body = route.request().postDataJSON() as { metrics: string[] };
    if (broken && body.metrics.join() === "shopify.orders") {
      await route.fulfill({
        status: 500,
        contentType: "application/problem+json",
        body: JSON.stringify({
          type: "about:blank",
          title: "Internal error",
          status: 500,
          code: "internal",
          request_id: "0192-broken",
          detail: "Something went wrong on our side. Your data is safe.",
        }),
      });
    } else {
      await route.fallback();
    }
  });
  await openOverview(page);
  const alert = card(page, "Orders").getByRole("alert");
  await expect(alert).toContainText("Orders could not be loaded");
  await expect(alert.getByRole("button", { name: "Copy request id" })).toHaveAttribute(
    "title",
    "0192-broken",
  );
  expect(await kpi(page, "Revenue")).toMatch(/\d/);
  await expect(page.getByRole("alert")).toHaveCount(1);
  await expect(card(page, "Top products").getByRole("row").nth(1)).toBeVisible();
  broken = false;
  await alert.getByRole("button", { name: "Try again" }).click();
  expect(await kpi(page, "Orders")).toMatch(/\d/);
  complaints.pardon(/500 \(Internal Server Error\)/);
});

test("is called after its store, and so is every other page", async ({ page }) => {
  await openOverview(page);
  const [name = ""] = await storeNames(page);
  await switchStore(page, name);
  await expect(page).toHaveTitle(`Overview · ${name} · Aloftly`);
  await page.getByRole("link", { name: "Imports" }).click();
  await expect(page).toHaveTitle(`Imports · ${name} · Aloftly`);
});
