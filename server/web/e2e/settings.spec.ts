import { readFileSync } from "node:fs";
import type { Browser, Locator, Page } from "@playwright/test";
import { COLLEAGUE, EMAIL, PASSWORD } from "./environment";
import { expect, expectAccessible, overflow, test } from "./fixtures";

const PAGES = [
  "Members",
  "API keys",
  "Privacy",
  "Audit log",
  "Branding",
  "Organisation",
  "Account",
  "Security",
];

async function openSettings(page: Page, title: string): Promise<void> {
  await page.goto("/settings");
  await page
    .getByRole("navigation", { name: "Settings" })
    .getByRole("link", { name: title, exact: true })
    .click();
  await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
}

async function loaded(page: Page): Promise<void> {
  await expect(page.getByRole("region").first()).toBeVisible();
  await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
}

/** Another browser in which somebody signs in. */
async function signInElsewhere(browser: Browser, email: string, password: string): Promise<Page> {
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Account of/ })).toBeVisible();
  return page;
}

function row(page: Page, text: string): Locator {
  return page.getByRole("row").filter({ hasText: text });
}

async function choose(page: Page, action: string): Promise<Locator> {
  await page.getByRole("button", { name: `What to do with ${COLLEAGUE.name}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  return dialog;
}

test("the settings are reached from the account menu, and lead back to the store", async ({ page }) => {
  await page.goto("/");
  await page.waitForURL(/\/stores\//);
  const store = page.url();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Members", level: 1 })).toBeVisible();
  await expect(page).toHaveTitle("Members · Settings · Aloftly");
  await page.getByRole("banner").getByRole("link").nth(1).click();
  await page.waitForURL(store);
});

test("somebody goes on in another organisation, and sees what is there", async ({ browser }) => {
  const page = await signInElsewhere(browser, COLLEAGUE.email, COLLEAGUE.password);
  const menu = page.getByRole("button", { name: /^Account of/ });
  const names = async () => {
    await menu.click();
    await expect(page.getByRole("menuitemradio", { name: COLLEAGUE.organization })).toBeVisible();
    return page.getByRole("menuitemradio").allTextContents();
  };
  const [first = "", second = ""] = await names();
  const there = (await page.getByRole("menuitemradio", { name: first }).isChecked()) ? second : first;
  await page.getByRole("menuitemradio", { name: there }).click();
  await expect(page.getByRole("menuitemradio")).toHaveCount(0);
  await expect(menu).toBeVisible();
  await expect(async () => {
    await page.goto("/settings/members");
    await expect(page.getByText(`Who belongs to ${there}`)).toBeVisible();
  }).toPass();
  await page.context().close();
});

test("a password is changed by who knows it, and signs out everywhere else", async ({ browser }) => {
  const page = await signInElsewhere(browser, COLLEAGUE.email, COLLEAGUE.password);
  const other = await signInElsewhere(browser, COLLEAGUE.email, COLLEAGUE.password);
  const next = `${COLLEAGUE.password}-next`;
  const current = page.getByLabel("Current password", { exact: true });
  const wanted = page.getByLabel("New password", { exact: true });
  const change = async (from: string, to: string) => {
    await current.fill(from);
    await wanted.fill(to);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await openSettings(page, "Security");

  await change(COLLEAGUE.password, "short");
  await expect(page.getByText("5 more characters are needed.")).toBeVisible();
  await expect(wanted).toBeFocused();
  await change(`${COLLEAGUE.password}-not`, next);
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await expect(current).toBeFocused();
  await expect(wanted).toHaveValue(next);

  await change(COLLEAGUE.password, next);
  await expect(page.getByText("Your password is changed").first()).toBeVisible();
  await expect(current).toHaveValue("");
  await other.goto("/settings/security");
  await expect(other.getByRole("heading", { name: "Sign in to Aloftly" })).toBeVisible();

  await change(next, COLLEAGUE.password);
  await expect(page.getByText("Your password is changed").nth(1)).toBeVisible();
  await page.context().close();
  await other.context().close();
});

test("sessions elsewhere are ended, one alone and all at once", async ({ page, browser }) => {
  const others: Page[] = [];
  for (let count = 0; count < 3; count += 1) others.push(await signInElsewhere(browser, EMAIL, PASSWORD));
  await openSettings(page, "Security");
  const card = page.getByRole("region", { name: "Where you are signed in" });
  const entries = card.getByRole("listitem");
  await expect(entries.filter({ hasText: "This one" })).toHaveCount(1);
  const before = await entries.count();
  expect(before).toBeGreaterThanOrEqual(4);

  await card
    .getByRole("button", { name: /^End the session of/ })
    .first()
    .click();
  await expect(entries).toHaveCount(before - 1);
  await expect(card).toBeFocused();

  await card.getByRole("button", { name: "End all others" }).click();
  const dialog = page.getByRole("dialog", { name: "End all other sessions?" });
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(card.getByRole("button", { name: "End all others" })).toBeFocused();
  await expect(entries).toHaveCount(before - 1);

  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "End them" }).click();
  await expect(page.getByText(/sessions were ended/).first()).toBeVisible();
  await expect(entries).toHaveCount(1);
  await expect(card.getByRole("button", { name: "End all others" })).toBeHidden();
  for (const other of others) {
    await other.goto("/settings/security");
    await expect(other.getByRole("heading", { name: "Sign in to Aloftly" })).toBeVisible();
    await other.context().close();
  }
});

test("the audit log is searched, narrowed and exported, and its address restores it", async ({ page }) => {
  await openSettings(page, "Audit log");
  const events = page.getByRole("region", { name: "Events" });
  await expect(row(page, "Signed in").first()).toBeVisible();

  // The oldest event of all, which a full log has long pushed off its first page.
  await page.getByLabel("Action").selectOption("Created the organisation");
  await expect(page).toHaveURL(/action=organization\.created/);
  await expect(events.getByRole("row")).toHaveCount(2);
  await expect(row(page, "Created the organisation")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search" }).fill("no such thing");
  await expect(events.getByText("Nothing like this was done")).toBeVisible();
  await expect(page).toHaveURL(/q=no/);
  await page.reload();
  await expect(page.getByRole("searchbox", { name: "Search" })).toHaveValue("no such thing");
  await events.getByRole("button", { name: "Show everything" }).click();
  await expect(row(page, "Signed in").first()).toBeVisible();

  await page.getByRole("searchbox", { name: "Search" }).fill(EMAIL);
  await expect(page).toHaveURL(/q=/);
  await page.getByLabel("Action").selectOption("Signed in");
  await expect(page).toHaveURL(/action=session\.begun/);
  // All but the head: what was shown before stays until the answer is there.
  await expect(events.getByRole("row").filter({ hasNotText: "Signed in" })).toHaveCount(1);
  const shown = await events.getByRole("row").count();
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\n");
  // A head, and what is shown; the page may have been there before the latest sign-in.
  expect(lines.length).toBeGreaterThanOrEqual(shown);
  expect(lines.slice(1).every((line) => line.includes("session.begun") && line.includes(EMAIL))).toBe(true);
});

test("nothing sticks out sideways on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  for (const title of PAGES) {
    await openSettings(page, title);
    await loaded(page);
    expect(await overflow(page), title).toBeLessThanOrEqual(0);
  }
  await openSettings(page, "Members");
  const dialog = await choose(page, "Remove…");
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await expect(dialog.getByRole("button", { name: "Remove" })).toBeInViewport();
});

for (const scheme of ["light", "dark"] as const) {
  test(`accessibility holds in the ${scheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    for (const title of PAGES) {
      await openSettings(page, title);
      await loaded(page);
      await expectAccessible(page, title);
    }
    await openSettings(page, "Members");
    for (const action of ["Workspaces…", "Make the owner…"]) {
      const dialog = await choose(page, action);
      await expectAccessible(page, action);
      await page.keyboard.press("Escape");
      await expect(dialog).toBeHidden();
    }
  });
}

test("members get roles and workspaces, and go once their address is typed", async ({ page, complaints }) => {
  await openSettings(page, "Members");
  const colleague = row(page, COLLEAGUE.email);
  const role = page.getByLabel(`Role of ${COLLEAGUE.name}`);
  await role.selectOption("Viewer");
  await expect(page.getByText(`${COLLEAGUE.name} has the role Viewer now`).first()).toBeVisible();
  await page.reload();
  await expect(role).toHaveValue("viewer");

  const workspaces = await choose(page, "Workspaces…");
  const place = workspaces.getByRole("combobox").first();
  await place.selectOption("Editor");
  await expect(place).toHaveValue("editor");
  await page.keyboard.press("Escape");
  await expect(colleague).toContainText("Editor");
  await expect(page.getByRole("button", { name: `What to do with ${COLLEAGUE.name}` })).toBeFocused();

  // The only owner cannot give that up, not even on purpose.
  const own = row(page, EMAIL).getByRole("combobox");
  await own.selectOption("Admin");
  const giveUp = page.getByRole("dialog", { name: "Give up the role Owner?" });
  await giveUp.getByRole("textbox").fill(EMAIL);
  await giveUp.getByRole("button", { name: "Give it up" }).click();
  await expect(giveUp.getByRole("alert")).toContainText("owner");
  await page.keyboard.press("Escape");
  await expect(own).toHaveValue("owner");
  complaints.pardon(/409 \(Conflict\)/);

  const remove = await choose(page, "Remove…");
  await remove.getByRole("textbox").fill(COLLEAGUE.email.slice(1));
  await expect(remove.getByRole("button", { name: "Remove" })).toBeDisabled();
  await remove.getByRole("textbox").fill(COLLEAGUE.email);
  await remove.getByRole("button", { name: "Remove" }).click();
  // What is behind a dialog is in no tree: it would be gone before it is.
  await expect(remove).toBeHidden();
  await expect(colleague).toHaveCount(0);
  await openSettings(page, "Audit log");
  await expect(row(page, "Removed a member").first()).toContainText(COLLEAGUE.email);
});
