import { expect, test } from "./fixtures";

test("a key is made, opens what it is for, and opens nothing once it is revoked", async ({
  page,
  playwright,
  baseURL,
}) => {
  // A program has no cookies.
  const program = await playwright.request.newContext({ ...(baseURL && { baseURL }) });
  await page.goto("/settings/api-keys");
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await dialog.getByLabel("Name").fill("Browser test");
  await dialog.getByRole("button", { name: "Make the key" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("Choose one or more.");
  await dialog.getByLabel("See stores").check();
  await dialog.getByRole("button", { name: "Make the key" }).click();

  const shown = page.getByRole("dialog", { name: "Keep this token" });
  const token = (await shown.locator("code").first().textContent()) ?? "";
  await page.keyboard.press("Escape");
  await expect(shown).toBeVisible();
  await shown.getByRole("button", { name: "I have kept it" }).click();
  await expect(shown).toBeHidden();
  await expect(page.getByRole("button", { name: "New key" })).toBeFocused();
  await expect(page.getByText(token)).toHaveCount(0);

  const headers = { authorization: `Bearer ${token}` };
  expect((await program.get("/api/stores", { headers })).status()).toBe(200);
  expect((await program.get("/api/audit", { headers })).status()).toBe(403);

  const entry = page.getByRole("listitem").filter({ hasText: "Browser test" });
  await expect(entry).toContainText("metrics:read · All workspaces");
  await entry.getByRole("button", { name: "Revoke Browser test" }).click();
  const revoke = page.getByRole("dialog", { name: "Revoke Browser test?" });
  await revoke.getByRole("textbox").fill("Browser test");
  await revoke.getByRole("button", { name: "Revoke" }).click();
  await expect(entry).toHaveCount(0);
  expect((await program.get("/api/stores", { headers })).status()).toBe(401);
  await program.dispose();
});
