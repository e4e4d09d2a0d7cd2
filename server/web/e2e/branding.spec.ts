import { expect, inspect, openSettings, provision, signIn, signOut, somebody, test } from "./people";

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 20"><rect width="80" height="20" fill="#0f766e"/></svg>`;

test("the pages of an organisation look as it says, and as the program's own for everybody else", async ({
  page,
}) => {
  const person = somebody("Ida Berg");
  provision(person);
  await signIn(page, person);
  await openSettings(page, "branding", "Branding");
  await inspect(page, "the branding");
  await page.getByLabel("Name", { exact: true }).fill("Lighthouse");
  await page.getByLabel("Accent").fill("#0f766e");
  const file = { name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from(LOGO) };
  await page.locator("input[type=file][aria-label='Logo on light pages']").setInputFiles(file);
  await page.locator("input[type=file][aria-label='Icon of the tab']").setInputFiles(file);
  await expect(page.getByRole("img", { name: "Logo on light pages" })).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The pages look like this from now on").first()).toBeVisible();

  await expect(page).toHaveTitle("Branding · Settings · Lighthouse");
  const home = page.getByRole("banner").getByRole("link", { name: "Lighthouse" });
  await expect(home.locator("img:visible")).toHaveAttribute("src", /^data:image\/svg\+xml;base64,/);
  await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", /^data:image\/svg\+xml;base64,/);
  const accent = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent"));
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(accent).toBe("#0f766e");
  await inspect(page, "the branding, in another colour");

  // It is there after reloading, and is not for who is not signed in.
  await page.reload();
  await expect(page).toHaveTitle("Branding · Settings · Lighthouse");
  await signOut(page);
  await expect(page).toHaveTitle(/· Aloftly$/);
  await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", /favicon\.svg$/);
  await expect.poll(accent).not.toBe("#0f766e");
});

test("what is no colour and no picture is said before it is sent", async ({ page }) => {
  const person = somebody("Ida Berg");
  provision(person);
  await signIn(page, person);
  await openSettings(page, "branding", "Branding");
  await page.getByLabel("Accent").fill("teal");
  const file = { name: "logo.gif", mimeType: "image/gif", buffer: Buffer.from("GIF89a") };
  await page.locator("input[type=file][aria-label='Logo on light pages']").setInputFiles(file);
  await expect(page.getByText("Choose a PNG, WebP, SVG or ICO file.")).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Enter a colour such as #0f766e.")).toBeVisible();
  await inspect(page, "the branding with mistakes");
});
