import {
  bringIn,
  expect,
  expectInside,
  expectOutside,
  fillSignIn,
  inspect,
  openSettings,
  REFUSED,
  signUp,
  somebody,
  test,
} from "./people";

test("the only owner is told which organisation would be nobody's, and deletes it with the account", async ({
  page,
  elsewhere,
  complaints,
}) => {
  const [ann, robin] = [somebody(), somebody("Robin Hale")];
  await signUp(page, ann);
  const other = await elsewhere();
  await bringIn(page, other, robin);
  await openSettings(page, "account", "Account");
  await page.getByRole("button", { name: "Delete the account…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete your account?" });
  await dialog.getByLabel(`Type ${ann.email} to confirm`).fill(ann.email);
  await dialog.getByLabel("Your password", { exact: true }).fill(ann.password);
  await expect(dialog.getByRole("checkbox")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Delete the account" }).click();
  await expect(dialog.getByRole("alert")).toContainText(ann.organization);
  await inspect(page, "deleting the account of an only owner");

  await dialog.getByRole("checkbox", { name: "Or delete these organisations too" }).check();
  await inspect(page, "deleting the account and the organisation");
  await dialog.getByRole("button", { name: "Delete all of it" }).click();
  await expectOutside(page);
  await expect(page.getByRole("status")).toHaveText("Your account was deleted.");
  await inspect(page, "signed out, the account is gone");
  await fillSignIn(page, ann);
  await expect(page.getByRole("alert")).toContainText("do not belong together");
  complaints.pardon(REFUSED);

  // With the organisation went the session of whoever else belonged to it.
  await other.goto("/settings/account");
  await expectOutside(other);
});

test("an owner deletes the organisation by its name, and everybody is out", async ({
  page,
  elsewhere,
  complaints,
}) => {
  const [ann, robin] = [somebody(), somebody("Robin Hale")];
  await signUp(page, ann);
  const other = await elsewhere();
  await bringIn(page, other, robin, "admin");
  await openSettings(other, "organization", "Organisation");
  await expect(other.getByRole("heading", { name: ann.organization })).toBeVisible();
  await expect(other.getByRole("button", { name: /^Delete/ })).toHaveCount(0);
  await inspect(other, "organisation, for an admin");

  await openSettings(page, "organization", "Organisation");
  await inspect(page, "organisation");
  await page.getByRole("button", { name: "Delete the organisation…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete the organisation?" });
  const remove = dialog.getByRole("button", { name: "Delete the organisation" });
  const name = dialog.getByLabel(`Type ${ann.organization} to confirm`);
  const password = dialog.getByLabel("Your password", { exact: true });
  await name.fill("Another one");
  await password.fill("not the right one");
  await remove.click();
  await expect(name).toBeFocused();
  await expect(dialog.getByText("This is not what the organisation is called.")).toBeVisible();
  await name.fill(ann.organization);
  await remove.click();
  await expect(dialog.getByText("This is not your password.")).toBeVisible();
  await inspect(page, "deleting the organisation, with a wrong password");
  await password.fill(ann.password);
  await remove.click();
  await expectOutside(page);
  await expect(page.getByRole("status")).toContainText("The organisation was deleted");
  await inspect(page, "signed out, the organisation is gone");
  await other.reload();
  await expectOutside(other);

  // The account is left, and belongs nowhere.
  await fillSignIn(page, ann);
  await expect(page.getByRole("alert")).toContainText("no organisation");
  complaints.pardon(REFUSED);
});

test("who belongs to another organisation as well goes on there", async ({ page, elsewhere, complaints }) => {
  const [ann, robin] = [somebody(), somebody("Robin Hale")];
  const [hers, theirs] = [await elsewhere(), page];
  await signUp(hers, ann);
  await signUp(theirs, robin);
  await bringIn(hers, theirs, robin);
  await openSettings(theirs, "organization", "Organisation");
  await expect(theirs.getByRole("heading", { name: ann.organization })).toBeVisible();
  await theirs.getByRole("button", { name: /^Account of/ }).click();
  await theirs.getByRole("menuitemradio", { name: robin.organization }).click();
  // There they have a store to begin with, and here none.
  await theirs.waitForURL(/\/welcome/);
  await openSettings(theirs, "organization", "Organisation");
  await expect(theirs.getByRole("heading", { name: robin.organization })).toBeVisible();
  await theirs.getByRole("button", { name: "Delete the organisation…" }).click();
  const dialog = theirs.getByRole("dialog");
  await dialog.getByLabel(`Type ${robin.organization} to confirm`).fill(robin.organization);
  await dialog.getByLabel("Your password", { exact: true }).fill(robin.password);
  await dialog.getByRole("button", { name: "Delete the organisation" }).click();
  await expectOutside(theirs);
  await fillSignIn(theirs, robin);
  await expectInside(theirs, robin);
  await openSettings(theirs, "organization", "Organisation");
  await expect(theirs.getByRole("heading", { name: ann.organization })).toBeVisible();
  complaints.pardon(REFUSED);
});
