import { expect, test } from "@playwright/test";
import { EMAIL, EMPTY_STORE, PASSWORD, SESSION } from "./environment";

test("sign in once for the other tests", async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto("/");
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  // A server that has just been started may still be filling its demo stores, each at one stroke.
  await expect
    .poll(
      async () => {
        const answer = await page.request.get("/api/stores");
        const { stores } = (await answer.json()) as {
          stores: { name: string; data_from?: string }[];
        };
        return stores.every(({ name, data_from }) => name === EMPTY_STORE || data_from !== undefined);
      },
      { message: "every store has data but the one that is to be connected", timeout: 120_000 },
    )
    .toBe(true);
  await page.context().storageState({ path: SESSION });
});
