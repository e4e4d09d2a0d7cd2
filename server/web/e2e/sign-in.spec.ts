import { EMAIL, PASSWORD } from "./environment";
import { expect, openOverview, test } from "./fixtures";

const UNAUTHORIZED = /401 \(Unauthorized\)/;

test.describe("somebody who is not signed in", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test("is asked to sign in, kept out with a wrong password, and brought where they wanted to go", async ({
    page,
    complaints,
  }) => {
    await page.goto("/?utm_source=mail");
    await expect(page.getByRole("heading", { name: "Sign in to Aloftly" })).toBeVisible();
    await expect(page.getByLabel("Email")).toBeFocused();

    await page.getByLabel("Email").fill(EMAIL);
    await page.getByLabel("Password", { exact: true }).fill(`${PASSWORD}-not`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("do not belong together");
    await expect(page.getByLabel("Email")).toHaveValue(EMAIL);
    await expect(page.getByLabel("Password", { exact: true })).toBeFocused();

    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/stores\//);
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();

    // An address deep inside, asked for by somebody whose session is gone, is where they get after signing in.
    const deep = new URL("imports?range=last_7_days", page.url().replace(/\/?(\?.*)?$/, "/"));
    await page.context().clearCookies();
    await page.goto(deep.href);
    await page.getByLabel("Email").fill(EMAIL);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Imports" })).toBeVisible();
    expect(new URL(page.url()).searchParams.get("range")).toBe("last_7_days");
    complaints.pardon(UNAUTHORIZED);
  });

  test("signs out for good", async ({ page, complaints }) => {
    await page.goto("/sign-in");
    await page.getByLabel("Email").fill(EMAIL);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/stores\//);
    const inside = page.url();
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign in to Aloftly" })).toBeVisible();
    await page.goto(inside);
    await expect(page.getByRole("heading", { name: "Sign in to Aloftly" })).toBeVisible();
    complaints.pardon(UNAUTHORIZED);
  });
});

test("a session that ends while the page is open leads to the sign-in and back", async ({
  page,
  complaints,
}) => {
  await openOverview(page);
  // What is still being asked would end the session before the click does.
  await page.waitForLoadState("networkidle");
  await page.context().clearCookies();
  await page.getByRole("button", { name: /^Date range/ }).click();
  await page.getByRole("button", { name: "Last 7 days" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Aloftly" })).toBeVisible();
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Date range: Last 7 days/ })).toBeVisible();
  complaints.pardon(UNAUTHORIZED);
});

test("an address that leads nowhere says so", async ({ page }) => {
  await page.goto("/no/such/page");
  await expect(page.getByText("There is no such page")).toBeVisible();
  await page.getByRole("link", { name: "Go to the overview" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.goto("/stores/0192a000-0000-7000-8000-00000000dead");
  await expect(page.getByText("There is no such page")).toBeVisible();
});
