import { readFileSync } from "node:fs";
import { Mailbox } from "./mailbox";
import {
  bringIn,
  expect,
  expectInside,
  expectOutside,
  fillSignIn,
  inspect,
  openSettings,
  provision,
  REFUSED,
  signIn,
  signOut,
  signUp,
  somebody,
  test,
} from "./people";

const AWAITED = /(If there is an account for|A link to finish with)/;

test("somebody signs up, proves their address by the mail's link, and is in their organisation", async ({
  page,
  elsewhere,
  complaints,
}) => {
  // Every currency and time zone there is takes a while to be looked at.
  test.slow();
  const ann = somebody();
  const mailbox = new Mailbox(ann.email);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Create an account" }).click();
  await expect(page.getByRole("heading", { name: "Create an account" })).toBeVisible();
  await page.getByRole("button", { name: "Create the account" }).click();
  await expect(page.getByLabel("Your name")).toBeFocused();
  await inspect(page, "sign-up, with what is missing");

  await page.getByLabel("Your name").fill(ann.name);
  await page.getByLabel("Email").fill(ann.email);
  await page.getByLabel("Organisation").fill(ann.organization);
  await page.getByLabel("Name of your first store").fill("Main Street");
  await page.getByLabel("Currency").selectOption("SEK");
  await expect(page.getByLabel("Time zone")).toHaveValue("Pacific/Auckland");
  await page.getByRole("button", { name: "Create the account" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await expect(page.getByText(AWAITED)).toContainText(ann.email);
  await inspect(page, "sign-up, sent");

  const link = await mailbox.link("/sign-up/complete");
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Welcome to Aloftly" })).toBeVisible();
  expect(page.url()).not.toContain("token");
  await inspect(page, "the sign-up's link");
  // A page that is loaded again has the secret still.
  await page.reload();
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("short");
  await page.getByRole("button", { name: "Finish" }).click();
  await expect(page.getByText("5 more characters are needed.")).toBeVisible();
  await expect(password).toBeFocused();
  await inspect(page, "the sign-up's link, with a password that is too short");
  await password.fill(ann.password);
  await page.getByRole("button", { name: "Finish" }).click();
  await expectInside(page, ann);
  await page.waitForURL(/\/welcome/);
  await expect(page.getByRole("heading", { name: `Welcome, ${ann.name}` })).toBeVisible();
  await page.getByRole("button", { name: "Skip setting up" }).click();
  await page.waitForURL(/\/stores\//);
  await expect(page.getByRole("button", { name: "Store: Main Street." })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();

  await openSettings(page, "members", "Members");
  await expect(page.getByText(`Who belongs to ${ann.organization}`)).toBeVisible();
  await expect(page.getByLabel(`Role of ${ann.name}`)).toHaveValue("owner");
  await signOut(page);
  await signIn(page, ann);

  const other = await elsewhere();
  await other.goto(link);
  await other.getByLabel("Password", { exact: true }).fill(ann.password);
  await other.getByRole("button", { name: "Finish" }).click();
  await expect(other.getByRole("alert")).toContainText("This link has run out");
  await inspect(other, "a link that was used");
  complaints.pardon(REFUSED);
});

test("who signs up with an address that has an account is told so by mail alone", async ({
  page,
  elsewhere,
}) => {
  const ann = somebody();
  await signUp(page, ann);
  const mailbox = new Mailbox(ann.email);
  const other = await elsewhere();
  await other.goto("/sign-up");
  await other.getByLabel("Your name").fill("Somebody else");
  await other.getByLabel("Email").fill(ann.email);
  await other.getByLabel("Organisation").fill("Another");
  await other.getByLabel("Name of your first store").fill("Another");
  await other.getByLabel("Currency").selectOption("EUR");
  await other.getByRole("button", { name: "Create the account" }).click();
  await expect(other.getByText(AWAITED)).toContainText(ann.email);
  expect(await mailbox.link("/sign-in")).toBe("/sign-in");
});

test("an address that was typed at the terminal is proved by a mail's link", async ({ page, elsewhere }) => {
  const ann = somebody();
  provision(ann);
  const mailbox = new Mailbox(ann.email);
  await signIn(page, ann);
  await openSettings(page, "account", "Account");
  await expect(page.getByText("Confirmed", { exact: true })).toBeHidden();
  await page.getByRole("button", { name: "Send a mail" }).click();
  await expect(page.getByText(`A mail is on its way to ${ann.email}`)).toBeVisible();
  await inspect(page, "account, to be confirmed");

  // Mails are read on another device as well.
  const phone = await elsewhere();
  await phone.goto(await mailbox.link("/verify-email"));
  await expect(phone.getByRole("heading", { name: "Confirm your address" })).toBeVisible();
  await inspect(phone, "the verification's link");
  await phone.getByRole("button", { name: "Confirm" }).click();
  await expect(phone.getByText("Your address is confirmed")).toBeVisible();
  await inspect(phone, "the address is confirmed");

  await openSettings(page, "account", "Account");
  await expect(page.getByText("Confirmed", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Send a mail" })).toBeHidden();
});

test("somebody signs in by a link, which works once", async ({ page, elsewhere, complaints }) => {
  const ann = somebody();
  await signUp(await elsewhere(), ann);
  const mailbox = new Mailbox(ann.email);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Email me a sign-in link" }).click();
  await expect(page.getByRole("heading", { name: "Sign in by mail" })).toBeVisible();
  await inspect(page, "sign in by mail");
  await page.getByLabel("Email").fill(ann.email);
  await page.keyboard.press("Enter");
  await expect(page.getByText(AWAITED)).toContainText(ann.email);
  await inspect(page, "sign in by mail, sent");

  const link = await mailbox.link("/sign-in/link");
  await page.goto(link);
  await inspect(page, "the sign-in's link");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expectInside(page, ann);
  await signOut(page);

  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("This link has run out");
  await page.getByRole("link", { name: "Have another sent" }).click();
  await expect(page.getByRole("heading", { name: "Sign in by mail" })).toBeVisible();
  complaints.pardon(REFUSED);
});

test("a link for an address that nobody has is promised in the same words, and never sent", async ({
  page,
  elsewhere,
}) => {
  const [ann, nobody] = [somebody(), somebody("Nobody There")];
  await signUp(await elsewhere(), ann);
  const [hers, theirs] = [new Mailbox(ann.email), new Mailbox(nobody.email)];
  const said: string[] = [];
  // Hers is asked for last: it is there when theirs would have been.
  for (const { email } of [nobody, ann]) {
    await page.goto("/sign-in/mail");
    await page.getByLabel("Email").fill(email);
    await page.keyboard.press("Enter");
    const text = (await page.getByText(AWAITED).textContent()) ?? "";
    said.push(text.replace(email, "…"));
  }
  expect(said[0]).toBe(said[1]);
  await hers.link("/sign-in/link");
  expect(theirs.isEmpty).toBe(true);
});

test("a forgotten password is replaced by a link, which signs out everywhere", async ({
  page,
  elsewhere,
  complaints,
}) => {
  const ann = somebody();
  const signedIn = await elsewhere();
  await signUp(signedIn, ann);
  await signedIn.goto("/settings/account");
  await expectInside(signedIn, ann);
  const mailbox = new Mailbox(ann.email);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgot password?" }).click();
  await expect(page.getByRole("heading", { name: "Choose another password" })).toBeVisible();
  await inspect(page, "forgotten password");
  await page.getByLabel("Email").fill(ann.email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByText(AWAITED)).toContainText(ann.email);

  await page.goto(await mailbox.link("/reset-password"));
  await inspect(page, "the link to choose a password");
  const password = page.getByLabel("New password", { exact: true });
  await password.fill("short");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("5 more characters are needed.")).toBeVisible();
  const next = { ...ann, password: `${ann.password} and longer` };
  await password.fill(next.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("You are signed out everywhere")).toBeVisible();
  await inspect(page, "the password is changed");
  await signedIn.goto("/settings/account");
  await expectOutside(signedIn);

  await page.getByRole("link", { name: "Sign in" }).click();
  await fillSignIn(page, ann);
  await expect(page.getByRole("alert")).toContainText("do not belong together");
  await fillSignIn(page, next);
  await expectInside(page, ann);
  complaints.pardon(REFUSED);
});

test("somebody downloads what is kept of them", async ({ page }) => {
  const ann = somebody();
  await signUp(page, ann);
  await openSettings(page, "account", "Account");
  await inspect(page, "account");
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("aloftly-personal-data.json");
  const text = readFileSync(await download.path(), "utf8");
  expect(() => JSON.parse(text) as unknown).not.toThrow();
  for (const known of [ann.email, ann.name, ann.organization]) expect(text).toContain(known);
  expect(text).not.toContain("password_hash");
});

test("the only owner keeps their account, and a member deletes theirs for good", async ({
  page,
  elsewhere,
  complaints,
}) => {
  const [ann, robin] = [somebody(), somebody("Robin Hale")];
  const owner = await elsewhere();
  await signUp(owner, ann);
  await bringIn(owner, page, robin);

  const begin = async (at: typeof page, person: typeof ann) => {
    await openSettings(at, "account", "Account");
    await at.getByRole("button", { name: "Delete the account…" }).click();
    const dialog = at.getByRole("dialog", { name: "Delete your account?" });
    await dialog.getByLabel(`Type ${person.email} to confirm`).fill(person.email);
    await dialog.getByLabel("Your password", { exact: true }).fill(person.password);
    return dialog;
  };
  const hers = await begin(owner, ann);
  await inspect(owner, "deleting the account");
  await hers.getByRole("button", { name: "Delete the account" }).click();
  await expect(hers.getByRole("alert")).toContainText(ann.organization);

  const theirs = await begin(page, robin);
  await theirs.getByLabel("Your password", { exact: true }).fill("not the right one");
  await theirs.getByRole("button", { name: "Delete the account" }).click();
  await expect(theirs.getByText("This is not your password.")).toBeVisible();
  await theirs.getByLabel("Your password", { exact: true }).fill(robin.password);
  await theirs.getByRole("button", { name: "Delete the account" }).click();
  await expectOutside(page);
  await fillSignIn(page, robin);
  await expect(page.getByRole("alert")).toContainText("do not belong together");
  await openSettings(owner, "members", "Members");
  await expect(owner.getByText(robin.email)).toHaveCount(0);
  complaints.pardon(REFUSED);
});
