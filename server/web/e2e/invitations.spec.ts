import type { Locator, Page } from "@playwright/test";
import { Mailbox } from "./mailbox";
import {
  expect,
  expectInside,
  inspect,
  openSettings,
  type Person,
  REFUSED,
  signUp,
  somebody,
  test,
} from "./people";

async function invite(page: Page, email: string, role: string): Promise<Locator> {
  await page.getByRole("button", { name: "Invite people" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite people" });
  await dialog.getByLabel("Email addresses").fill(email);
  await dialog.getByLabel("Role").selectOption(role);
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  return dialog;
}

/** Whoever owns an organisation, at the page of its members. */
async function openMembers(page: Page, owner: Person): Promise<Locator> {
  await signUp(page, owner);
  await openSettings(page, "members", "Members");
  return page.getByRole("region", { name: "Invitations" });
}

test("somebody is invited, chooses a password in a browser of their own, and joins", async ({
  page,
  elsewhere,
}) => {
  const [ann, robin] = [somebody(), somebody("Robin Hale")];
  const mailbox = new Mailbox(robin.email);
  const waiting = await openMembers(page, ann);
  await page.getByRole("button", { name: "Invite people" }).click();
  await expect(
    page.getByRole("dialog", { name: "Invite people" }).getByLabel("First workspace"),
  ).toBeHidden();
  await inspect(page, "inviting");
  await page.keyboard.press("Escape");
  await expect(await invite(page, robin.email, "Admin")).toBeHidden();
  await expect(waiting).toContainText(robin.email);
  await expect(waiting).toContainText(`Admin`);
  await inspect(page, "members, with somebody who is invited");

  const theirs = await elsewhere();
  await theirs.goto(await mailbox.link("/invite"));
  await expect(theirs.getByRole("heading", { name: `Join ${ann.organization}` })).toBeVisible();
  expect(theirs.url()).not.toContain("token");
  await expect(theirs.getByText(`${ann.email} invites ${robin.email} as an admin.`)).toBeVisible();
  await inspect(theirs, "the invitation");
  await theirs.getByRole("button", { name: "Join" }).click();
  await expect(theirs.getByLabel("Your name")).toBeFocused();
  await theirs.getByLabel("Your name").fill(robin.name);
  await theirs.getByLabel("Password", { exact: true }).fill("short");
  await theirs.getByRole("button", { name: "Join" }).click();
  await expect(theirs.getByText("5 more characters are needed.")).toBeVisible();
  await theirs.getByLabel("Password", { exact: true }).fill(robin.password);
  await theirs.getByRole("button", { name: "Join" }).click();
  await expectInside(theirs, robin);
  // Nothing is in the store yet, which is where they are led on.
  await expect(theirs.getByRole("heading", { name: `Welcome, ${robin.name}` })).toBeVisible();
  await openSettings(theirs, "account", "Account");
  await expect(theirs.getByText("Confirmed", { exact: true })).toBeVisible();

  await page.reload();
  await expect(page.getByRole("row").filter({ hasText: robin.email })).toBeVisible();
  await expect(page.getByLabel(`Role of ${robin.name}`)).toHaveValue("admin");
  await expect(waiting).toBeHidden();
});

test("an invitation is sent again, and taken back: the links before are worth nothing", async ({
  page,
  elsewhere,
}) => {
  const [ann, robin] = [somebody(), somebody("Robin Hale")];
  const mailbox = new Mailbox(robin.email);
  const waiting = await openMembers(page, ann);
  await expect(await invite(page, robin.email, "Viewer")).toBeHidden();
  const first = await mailbox.link("/invite");
  await page.getByRole("button", { name: `Send the invitation of ${robin.email} again` }).click();
  await expect(page.getByText(`The invitation of ${robin.email} was sent again`).first()).toBeVisible();
  const second = await mailbox.link("/invite");

  const theirs = await elsewhere();
  await theirs.goto(first);
  await expect(theirs.getByRole("alert")).toContainText("This link has run out");
  await inspect(theirs, "an invitation that has run out");
  // Pasted into the same tab, as the only change of the address.
  await theirs.goto(second);
  await expect(theirs.getByRole("heading", { name: `Join ${ann.organization}` })).toBeVisible();

  await page.getByRole("button", { name: `Take back the invitation of ${robin.email}` }).click();
  const dialog = page.getByRole("dialog", { name: "Take back this invitation?" });
  await inspect(page, "taking back an invitation");
  await dialog.getByRole("button", { name: "Take back" }).click();
  await expect(waiting).toBeHidden();
  await theirs.getByLabel("Your name").fill(robin.name);
  await theirs.getByLabel("Password", { exact: true }).fill(robin.password);
  await theirs.getByRole("button", { name: "Join" }).click();
  await expect(theirs.getByRole("alert")).toContainText("This link has run out");

  await expect(await invite(page, robin.email, "Viewer")).toBeHidden();
  await theirs.goto(await mailbox.link("/invite"));
  await expect(theirs.getByText("as a viewer.")).toBeVisible();
});

test("who has an account joins by its password, and by a press where they are signed in", async ({
  page,
  elsewhere,
}) => {
  const [ann, robin, kim] = [somebody(), somebody("Robin Hale"), somebody("Kim Park")];
  await openMembers(page, ann);
  const robins = await elsewhere();
  await openMembers(robins, robin);
  const kims = await elsewhere();
  await signUp(kims, kim);
  const [mailOfRobin, mailOfKim] = [new Mailbox(robin.email), new Mailbox(kim.email)];

  // Not signed in: the account's password is asked for.
  await expect(await invite(page, robin.email, "Member")).toBeHidden();
  const link = await mailOfRobin.link("/invite");
  const other = await elsewhere();
  await other.goto(link);
  await other.getByRole("button", { name: "Accept" }).click();
  await expect(other.getByRole("status")).toHaveText(
    "You have an account. Its password shows that it is yours.",
  );
  await inspect(other, "joining with an account");
  await other.getByLabel("Password", { exact: true }).fill("not the right one");
  await other.getByRole("button", { name: "Join" }).click();
  await expect(other.getByText("This is not the password of your account.")).toBeVisible();
  await other.getByLabel("Password", { exact: true }).fill(robin.password);
  await other.getByRole("button", { name: "Join" }).click();
  await expectInside(other, robin);
  await other.getByRole("button", { name: /^Account of/ }).click();
  await expect(other.getByRole("menuitemradio", { name: ann.organization })).toBeChecked();
  await expect(other.getByRole("menuitemradio", { name: robin.organization })).not.toBeChecked();

  // Signed in: a press is enough.
  await expect(await invite(robins, kim.email, "Member")).toBeHidden();
  await kims.goto(await mailOfKim.link("/invite"));
  await kims.getByRole("button", { name: "Accept" }).click();
  await expectInside(kims, kim);
  await kims.getByRole("button", { name: /^Account of/ }).click();
  await expect(kims.getByRole("menuitemradio", { name: robin.organization })).toBeChecked();
});

test("nobody is invited twice, nor more than the plan has room for", async ({ page, complaints }) => {
  const [ann, robin] = [somebody(), somebody("Robin Hale")];
  const waiting = await openMembers(page, ann);
  await expect(await invite(page, robin.email, "Member")).toBeHidden();
  await expect(waiting).toContainText(robin.email);
  const again = await invite(page, `${robin.email}, ${ann.email}`, "Member");
  const results = again.getByRole("status").getByRole("listitem");
  await expect(results.filter({ hasText: robin.email })).toContainText("Was invited before");
  await expect(results.filter({ hasText: ann.email })).toContainText("Is a member already");
  await inspect(page, "what became of invitations");
  await again.getByRole("button", { name: "Close", exact: true }).last().click();
  await expect(again).toBeHidden();

  const more = await invite(page, somebody().email, "Member");
  await expect(more.getByRole("alert")).toContainText("plan");
  await inspect(page, "a plan without more room");
  complaints.pardon(REFUSED);
});
