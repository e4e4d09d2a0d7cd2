import type { Page } from "@playwright/test";
import { Mailbox } from "./mailbox";
import {
  expect,
  expectInside,
  fillSignIn,
  inspect,
  openSettings,
  type Person,
  REFUSED,
  signOut,
  signUp,
  somebody,
  test,
} from "./people";
import { codeOf } from "./totp";

/** How many recovery codes there are. */
const CODES = 10;

/** Sets the second factor up, and says what its secret is and which codes stand in for it. */
async function setUp(page: Page, person: Person): Promise<{ secret: string; recovery: string[] }> {
  await openSettings(page, "security", "Security");
  await page.getByRole("button", { name: "Set up" }).click();
  const dialog = page.getByRole("dialog", { name: "Set up the second factor" });
  await dialog.getByLabel("Your password", { exact: true }).fill(person.password);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog.getByRole("img", { name: "QR code for the authenticator app" })).toBeVisible();
  const secret = (await dialog.locator("code").textContent()) ?? "";
  await inspect(page, "setting up the second factor");
  await dialog.getByLabel("Code", { exact: true }).fill(codeOf(secret));
  await dialog.getByRole("button", { name: "Turn on" }).click();
  const codes = page.getByRole("dialog", { name: "Keep these recovery codes" });
  const items = codes.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(items).toHaveCount(CODES);
  const recovery = await items.allTextContents();
  await inspect(page, "recovery codes");
  await codes.getByRole("button", { name: "I have kept them" }).click();
  await expect(codes).toBeHidden();
  return { secret, recovery };
}

/** Signs in up to where the second factor is asked for. */
async function beginSignIn(page: Page, person: Person): Promise<void> {
  await page.goto("/sign-in");
  await fillSignIn(page, person);
  await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
}

test("a second factor is set up, and asked for: a code of the app, or a recovery code, which works once", async ({
  page,
  complaints,
}) => {
  const ann = somebody();
  await signUp(page, ann);
  const { secret, recovery } = await setUp(page, ann);
  const card = page.getByRole("region", { name: "Second factor" });
  await expect(card).toContainText("Second factor On");
  await expect(card).toContainText(`${CODES} recovery codes are left.`);
  await inspect(page, "security, with a second factor");
  await signOut(page);

  await beginSignIn(page, ann);
  await inspect(page, "the second factor's code");
  // The code that turned it on was used; it is sent as soon as its last digit is typed.
  const code = page.getByLabel("Code", { exact: true });
  await code.fill(codeOf(secret, -8));
  await expect(page.getByText(/^This code is wrong or was used already/)).toBeVisible();
  await expect(code).toBeFocused();
  await code.fill(codeOf(secret, 1));
  await expectInside(page, ann);
  await page.reload();
  await expectInside(page, ann);
  await signOut(page);

  const [first = "", second = ""] = recovery;
  const recover = async (typed: string) => {
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").fill(typed);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  await beginSignIn(page, ann);
  await recover(first);
  await expectInside(page, ann);
  await signOut(page);
  await beginSignIn(page, ann);
  await recover(first);
  await expect(page.getByText("This code is wrong or was used already. Take another one.")).toBeVisible();
  await inspect(page, "a recovery code that was used");
  // However it is typed.
  await page.getByLabel("Recovery code").fill(` ${second.toUpperCase().replaceAll("-", " ")} `);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expectInside(page, ann);

  await openSettings(page, "security", "Security");
  await expect(card).toContainText(`${CODES - 2} recovery codes are left.`);
  complaints.pardon(REFUSED);
});

test("a link by mail does not go round the second factor, nor does another password", async ({
  page,
  elsewhere,
}) => {
  const ann = somebody();
  const hers = await elsewhere();
  await signUp(hers, ann);
  const { secret, recovery } = await setUp(hers, ann);
  const mailbox = new Mailbox(ann.email);
  await page.request.post("/api/auth/magic-link", { data: { email: ann.email } });
  await page.goto(await mailbox.link("/sign-in/link"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
  await page.getByLabel("Code", { exact: true }).fill(codeOf(secret, 1));
  await expectInside(page, ann);
  await page.context().clearCookies();

  await page.request.post("/api/auth/password-reset", { data: { email: ann.email } });
  await page.goto(await mailbox.link("/reset-password"));
  const next = { ...ann, password: `${ann.password} and longer` };
  await page.getByLabel("New password", { exact: true }).fill(next.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByRole("link", { name: "Sign in" }).click();
  await fillSignIn(page, next);
  await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("Recovery code").fill(recovery[0] ?? "");
  await page.keyboard.press("Enter");
  await expectInside(page, ann);
});

test("recovery codes are made anew, and the second factor is turned off, by who knows the password", async ({
  page,
  complaints,
}) => {
  const ann = somebody();
  await signUp(page, ann);
  const { recovery } = await setUp(page, ann);
  await page.getByRole("button", { name: "New recovery codes" }).click();
  const renew = page.getByRole("dialog", { name: "Make new recovery codes?" });
  await renew.getByLabel("Your password", { exact: true }).fill("not the right one");
  await renew.getByRole("button", { name: "Make new ones" }).click();
  await expect(renew.getByText("This is not your password.")).toBeVisible();
  await inspect(page, "making new recovery codes");
  await renew.getByLabel("Your password", { exact: true }).fill(ann.password);
  await renew.getByRole("button", { name: "Make new ones" }).click();
  const codes = page.getByRole("dialog", { name: "Keep these recovery codes" });
  await expect(codes.getByRole("listitem")).toHaveCount(CODES);
  for (const old of recovery) await expect(codes.getByText(old)).toHaveCount(0);
  await codes.getByRole("button", { name: "I have kept them" }).click();

  await page.getByRole("button", { name: "Turn off" }).click();
  const off = page.getByRole("dialog", { name: "Turn off the second factor?" });
  await off.getByLabel("Your password", { exact: true }).fill(ann.password);
  await off.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByText("The second factor is off").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
  await signOut(page);
  await fillSignIn(page, ann);
  await expectInside(page, ann);
  complaints.pardon(REFUSED);
});
