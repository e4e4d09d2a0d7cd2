import type { Page } from "@playwright/test";
import { expect, expectAccessible, overflow, test } from "./fixtures";

/*
 * Every template makes a dashboard in one press, over the demo's stores. What is made here is removed again.
 */

const BUILT_IN = ["CRO Audit", "PDP Audit", "Agency Client View", "Ecommerce Overview", "SaaS Overview"];

/** The dashboard that the page shows. */
function shown(page: Page): string {
  return /\/dashboards\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
}

async function remove(page: Page, path: string): Promise<void> {
  const answer = await page.request.delete(path, { headers: { "if-match": "*" } });
  expect(answer.status(), await answer.text()).toBe(204);
}

async function openGallery(page: Page): Promise<void> {
  await page.goto("/dashboards/new");
  await expect(page.getByRole("button", { name: "Use the template CRO Audit" })).toBeVisible();
}

test("all templates are there with what they are good for, and the page is for everybody", async ({
  page,
}) => {
  await openGallery(page);
  for (const name of BUILT_IN) {
    const template = page.getByRole("region", { name, exact: true });
    await expect(template).toContainText(/\d+ widgets · /);
  }
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `the templates, ${colorScheme}`);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await overflow(page), "how far the page sticks out").toBeLessThanOrEqual(0);
});

for (const name of BUILT_IN) {
  test(`${name} makes a dashboard in one press`, async ({ page }) => {
    await openGallery(page);
    await page.getByRole("button", { name: `Use the template ${name}` }).click();
    await page.waitForURL(/\/dashboards\/[0-9a-f-]{36}/);
    const id = shown(page);
    await expect(page.getByText(name).first()).toBeVisible();
    const told = (await (await page.request.get(`/api/dashboards/${id}`)).json()) as {
      name: string;
      template: string;
      visibility: string;
      widgets: number;
    };
    expect([told.name, told.visibility]).toEqual([name, "workspace"]);
    expect(told.template).toBe(name.toLowerCase().replaceAll(" ", "_"));
    expect(told.widgets).toBeGreaterThanOrEqual(6);
    // Each widget is answered for: none of the questions is a wrong one.
    await expect(page.locator("main [aria-busy=true]")).toHaveCount(0, { timeout: 30_000 });
    await expect(page.getByText(/could not be (loaded|shown)/)).toHaveCount(0);
    await remove(page, `/api/dashboards/${id}`);
  });
}

test("a dashboard is kept as a template, which is renamed, used and deleted", async ({ page }) => {
  const { workspaces } = (await (await page.request.get("/api/workspaces")).json()) as {
    workspaces: { id: string }[];
  };
  const body = {
    workspace_id: workspaces[0]?.id,
    name: "Mondays",
    visibility: "workspace",
    template: "cro_audit",
  };
  const made = (await (await page.request.post("/api/dashboards", { data: body })).json()) as { id: string };
  const kept = await page.request.post("/api/templates", {
    data: { name: "Mondays", description: "What we look at first.", dashboard_id: made.id },
  });
  expect(kept.status(), await kept.text()).toBe(201);

  await openGallery(page);
  await page.getByRole("button", { name: "More about Mondays" }).click();
  await page.getByRole("menuitem", { name: "Rename…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Every Monday");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Use the template Every Monday" }).click();
  await page.waitForURL(/\/dashboards\/[0-9a-f-]{36}/);
  const used = shown(page);

  await openGallery(page);
  await page.getByRole("button", { name: "More about Every Monday" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await dialog.getByLabel(/^Type the name/).fill("Every Monday");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("button", { name: "Use the template Every Monday" })).toBeHidden();
  // What was made of it stays.
  expect((await page.request.get(`/api/dashboards/${used}`)).status()).toBe(200);
  for (const id of [used, made.id]) await remove(page, `/api/dashboards/${id}`);
});
