import type { Page } from "@playwright/test";
import { overflow } from "./fixtures";
import { bringIn, expect, inspect, REFUSED, signIn, signUp, somebody, test } from "./people";

/*
 * Somebody new, from nothing to first figures. What is made up for them is imported as any file is, by a real server.
 */

/** So long the way may take a program that reads nothing; a person has five minutes. */
const ROBOT_MS = 60_000;
/** So long made-up data may be on their way on a slow machine. */
const IMPORTING = { timeout: 60_000 };

function step(page: Page, title: string) {
  return page.getByRole("heading", { name: title, level: 2 });
}

async function storeOf(page: Page): Promise<string> {
  const { stores } = (await (await page.request.get("/api/stores")).json()) as { stores: { id: string }[] };
  return stores[0]?.id ?? "";
}

test("somebody new comes from nothing to first figures in less than a minute, and goes on where they were", async ({
  page,
  elsewhere,
}) => {
  test.setTimeout(180_000);
  const ann = somebody();
  await signUp(page, ann);
  const begun = Date.now();
  await page.goto("/");
  await page.waitForURL(/\/welcome/);
  await expect(page.getByRole("heading", { name: `Welcome, ${ann.name}`, level: 1 })).toBeVisible();
  await expect(step(page, "Bring in its data")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Add a store" })).toContainText("done");

  // It is the same after the page was loaded again, and in another browser.
  await page.reload();
  await expect(step(page, "Bring in its data")).toBeVisible();
  await page.getByRole("button", { name: "Use sample data" }).click();
  await expect(step(page, "Choose a template")).toBeVisible(IMPORTING);
  await expect(step(page, "Choose a template")).toBeFocused();
  const other = await elsewhere();
  await signIn(other, ann);
  await other.goto("/");
  await expect(step(other, "Choose a template")).toBeVisible();

  await other.getByRole("button", { name: "Use the template Ecommerce Overview" }).click();
  await expect(step(other, "See your numbers")).toBeVisible();
  await page.reload();
  await expect(step(page, "See your numbers")).toBeVisible();
  const figures = page.getByRole("region", { name: "See your numbers" });
  await expect(figures.getByText("Revenue", { exact: true })).toBeVisible(IMPORTING);
  await expect(figures.getByText(/^€[\d.,]+[KM]?$/)).toBeVisible();
  await page.getByRole("button", { name: "Open the dashboard" }).click();
  await page.waitForURL(/\/dashboards\/[0-9a-f-]{36}/);
  await expect(page.getByText("Ecommerce Overview").first()).toBeVisible();
  expect(Date.now() - begun, "the way of somebody who reads nothing").toBeLessThan(ROBOT_MS);

  // It is over: the app begins with what there is.
  await other.goto("/");
  await expect(other.getByRole("heading", { name: `Welcome, ${ann.name}` })).toBeHidden();
  await other.waitForURL(/\/(stores|dashboards)\//);
});

test("the first steps are for everybody who comes to them, on a phone as well", async ({
  page,
  complaints,
}) => {
  const ann = somebody();
  await signUp(page, ann);
  await page.goto("/welcome");
  await expect(step(page, "Bring in its data")).toBeVisible();
  await inspect(page, "the first steps, data");
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await overflow(page), "how far the page sticks out").toBeLessThanOrEqual(0);
  // By keyboard alone.
  await page.getByRole("button", { name: "Use sample data" }).focus();
  await page.keyboard.press("Enter");
  await expect(step(page, "Choose a template")).toBeFocused(IMPORTING);
  await expect(page.getByRole("button", { name: /^Use the template/ })).toHaveCount(5);
  expect(await overflow(page), "how far the page sticks out").toBeLessThanOrEqual(0);
  await inspect(page, "the first steps, templates");
  await page.getByRole("button", { name: "Skip setting up" }).click();
  await page.waitForURL(/\/stores\//);
  await page.goto("/welcome");
  await expect(step(page, "Choose a template")).toBeVisible();
  complaints.pardon(REFUSED);
});

test("who left to connect a source is led back to the next step", async ({ page }) => {
  await signUp(page, somebody());
  await page.goto("/welcome");
  await page.getByRole("button", { name: "Choose a source" }).click();
  await expect(page.getByRole("heading", { name: "Connections", level: 1 })).toBeVisible();
  await expect(page.getByRole("region", { name: "Shopify" })).toBeVisible();
  await page.getByRole("link", { name: "Go on with the next step" }).click();
  await expect(step(page, "Bring in its data")).toBeVisible();
  await page.getByRole("button", { name: "Skip setting up" }).click();
  await page.waitForURL(/\/stores\//);
  await expect(page.getByRole("link", { name: "Go on with the next step" })).toBeHidden();
});

test("figures that are made up are said to be, take in nothing real, and go again", async ({
  page,
  complaints,
}) => {
  test.setTimeout(120_000);
  await signUp(page, somebody());
  const store = await storeOf(page);
  await page.goto(`/stores/${store}`);
  await page.getByRole("button", { name: "Use sample data" }).click();
  const notice = page.getByRole("note", { name: "Sample data" });
  await expect(notice).toContainText("The figures of First store are made up.");
  await expect(page.getByRole("region", { name: "Revenue", exact: true })).toContainText(/€\d/, IMPORTING);
  await inspect(page, "an overview of figures that are made up");
  for (const address of [`/stores/${store}/imports`, `/connections?store=${store}`]) {
    await page.goto(address);
    await expect(notice).toBeVisible();
  }
  const refused = await page.request.post("/api/imports", {
    multipart: {
      store_id: store,
      kind: "shopify_orders",
      file: { name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from("Name\n#1\n") },
    },
  });
  expect([refused.status(), ((await refused.json()) as { code: string }).code]).toEqual([
    409,
    "has_sample_data",
  ]);

  // Not while they are on their way.
  await expect
    .poll(async () => {
      const { imports } = (await (await page.request.get(`/api/imports?store_id=${store}`)).json()) as {
        imports: { status: string }[];
      };
      return imports.every(({ status }) => status === "done");
    }, IMPORTING)
    .toBe(true);
  await page.goto(`/stores/${store}`);
  await notice.getByRole("button", { name: "Remove sample data" }).click();
  const dialog = page.getByRole("dialog");
  await inspect(page, "whether sample data are to be removed");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("First store has no data yet")).toBeVisible();
  await expect(notice).toBeHidden();
  complaints.pardon(REFUSED);
});

test("who may not set anything up is not led to the first steps", async ({ page, elsewhere }) => {
  const [ann, robin] = [somebody("Ann Lund"), somebody("Robin Hale")];
  const owner = await elsewhere();
  await signUp(owner, ann);
  await bringIn(owner, page, robin, "viewer");
  await page.goto("/welcome");
  await expect(page.getByText("You see no store yet")).toBeVisible();
});
