import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import {
  bringIn,
  expect,
  expectInside,
  expectOutside,
  fillSignIn,
  inspect,
  openSettings,
  signIn,
  signUp,
  somebody,
  test,
} from "./people";

/** Makes a key by the dialog, and says what its token is. */
async function makeKey(page: Page, name: string): Promise<string> {
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("See stores").check();
  await inspect(page, "making a key");
  await dialog.getByRole("button", { name: "Make the key" }).click();
  const shown = page.getByRole("dialog", { name: "Keep this token" });
  const token = (await shown.locator("code").first().textContent()) ?? "";
  await inspect(page, "a key's token");
  await shown.getByRole("button", { name: "I have kept it" }).click();
  await expect(shown).toBeHidden();
  return token;
}

test("a session in another browser is listed with where it is from, and ended: that browser is signed out", async ({
  page,
  elsewhere,
}) => {
  const ann = somebody();
  await signUp(page, ann);
  const other = await elsewhere();
  await signIn(other, ann);
  await openSettings(page, "security", "Security");
  await inspect(page, "security");
  const card = page.getByRole("region", { name: "Where you are signed in" });
  await expect(card.getByRole("listitem")).toHaveCount(2);
  await expect(card.getByRole("listitem").filter({ hasText: ann.organization })).toHaveCount(2);
  await expect(card.getByRole("listitem").filter({ hasText: "This one" })).toHaveCount(1);
  await card.getByRole("button", { name: /^End the session of/ }).click();
  await expect(card.getByRole("listitem")).toHaveCount(1);

  // What the other browser asks for next leads it to the sign-in, with all ways in, and from there back to where it was.
  const before = other.url();
  await other.getByRole("button", { name: /^Account of/ }).click();
  await expectOutside(other);
  await expect(other.getByRole("link", { name: "Forgot password?" })).toBeVisible();
  await expect(other.getByRole("link", { name: "Create an account" })).toBeVisible();
  await fillSignIn(other, ann);
  await expectInside(other, ann);
  expect(other.url()).toBe(before);
  await expectInside(page, ann);
});

test("a key is shown once, is good for what it was made for, and for nothing once it is revoked", async ({
  page,
  playwright,
  baseURL,
}) => {
  const ann = somebody();
  await signUp(page, ann);
  await openSettings(page, "api-keys", "API keys");
  await expect(page.getByText("There is no key yet")).toBeVisible();
  await inspect(page, "API keys, none yet");
  const token = await makeKey(page, "Nightly");
  const entry = page.getByRole("listitem").filter({ hasText: "Nightly" });
  await expect(entry).toContainText("never used");
  await page.reload();
  await expect(entry).toContainText(token.slice(0, 12));
  expect(await page.content()).not.toContain(token);

  const headers = { authorization: `Bearer ${token}` };
  const program = await playwright.request.newContext({ ...(baseURL && { baseURL }) });
  expect((await program.get("/api/stores", { headers })).status()).toBe(200);
  expect((await program.get("/api/members", { headers })).status()).toBe(403);
  await page.reload();
  await expect(entry).toContainText("last used");
  await inspect(page, "API keys");

  await entry.getByRole("button", { name: "Revoke Nightly" }).click();
  const revoke = page.getByRole("dialog", { name: "Revoke Nightly?" });
  await revoke.getByRole("textbox").fill("Nightly");
  await inspect(page, "revoking a key");
  await revoke.getByRole("button", { name: "Revoke" }).click();
  await expect(entry).toHaveCount(0);
  expect((await program.get("/api/stores", { headers })).status()).toBe(401);
  await program.dispose();
});

test("what was done stands in the audit log, and in the file that is exported", async ({
  page,
  elsewhere,
}) => {
  const [ann, robin] = [somebody(), somebody("Robin Hale")];
  await signUp(page, ann);
  await bringIn(page, await elsewhere(), robin, "viewer");
  await openSettings(page, "api-keys", "API keys");
  await makeKey(page, "Nightly");
  await page.getByRole("button", { name: "Revoke Nightly" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("Nightly");
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("There is no key yet")).toBeVisible();

  await openSettings(page, "audit", "Audit log");
  const rows = page.getByRole("region", { name: "Events" }).getByRole("row");
  const done: [summary: string, target: string][] = [
    ["Revoked an API key", "Nightly"],
    ["Made an API key", "Nightly"],
    ["Invited somebody", robin.email],
    ["Created the organisation", ann.organization],
  ];
  for (const [summary, target] of done) {
    const row = rows.filter({ hasText: summary });
    await expect(row).toHaveCount(1);
    await expect(row).toContainText(target);
    await expect(row).toContainText(ann.email);
  }
  await expect(rows.filter({ hasText: robin.email }).filter({ hasText: "Signed in" })).toHaveCount(1);
  await inspect(page, "audit log");
  const table = page.getByRole("group", { name: "Events" });
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const cut = await table.evaluate((box) => box.scrollWidth - box.clientWidth);
    expect(cut, `cut off at a width of ${width}`).toBe(0);
  }

  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\n");
  expect(lines).toHaveLength(await rows.count());
  for (const action of ["api_key.revoked", "api_key.created", "invitation.sent", "organization.created"]) {
    expect(lines.filter((line) => line.includes(action) && line.includes(ann.email))).toHaveLength(1);
  }
  for (const secret of [ann.password, robin.password]) expect(lines.join("\n")).not.toContain(secret);
});

test("who only looks sees neither keys nor the audit log, and invites nobody", async ({
  page,
  elsewhere,
}) => {
  const [ann, robin] = [somebody(), somebody("Robin Hale")];
  const owner = await elsewhere();
  await signUp(owner, ann);
  await bringIn(owner, page, robin, "viewer");
  await page.goto("/");
  await expect(page.getByText("You see no store yet")).toBeVisible();
  await inspect(page, "no workspace");
  await openSettings(page, "members", "Members");
  await expect(page.getByRole("button", { name: "Invite people" })).toBeHidden();
  await expect(page.getByRole("row").filter({ hasText: ann.email })).toContainText("Owner");
  await inspect(page, "members, for a viewer");
  await openSettings(page, "api-keys", "API keys");
  await expect(page.getByText("API keys are for admins and owners")).toBeVisible();
  await openSettings(page, "audit", "Audit log");
  await expect(page.getByText("The audit log is for admins and owners")).toBeVisible();
  await inspect(page, "audit log, for a viewer");
  await expect(page.getByRole("link", { name: "Privacy" })).toHaveCount(0);
  await openSettings(page, "privacy", "Privacy");
  await expect(page.getByText("Privacy is for admins and owners")).toBeVisible();
  await inspect(page, "privacy, for a viewer");
});
