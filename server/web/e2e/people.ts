import { execFileSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { APIResponse, Page } from "@playwright/test";
import { BINARY } from "./environment";
import { Complaints, expect, expectAccessible, test as base } from "./fixtures";
import { Mailbox, tokenOf } from "./mailbox";

/*
 * Tests of accounts make people of their own: nothing that another test or an earlier run did matters to them. Each test comes from a
 * network of its own as well, where the server trusts this machine as its proxy, because it counts mails and attempts by network.
 */

export interface Person {
  name: string;
  email: string;
  password: string;
  organization: string;
}

/** Somebody whom the server has never heard of. */
export function somebody(name = "Ann Lund"): Person {
  const tag = randomBytes(5).toString("hex");
  const email = `${name.split(" ")[0]?.toLowerCase() ?? ""}-${tag}@people.example`;
  return { name, email, password: `long enough ${tag}`, organization: `Lund ${tag}` };
}

/** An address of those that are kept for tests (RFC 2544). */
function network(): string {
  return `198.${randomInt(18, 20)}.${randomInt(256)}.${randomInt(1, 255)}`;
}

const NOBODY = { cookies: [], origins: [] };

interface Fixtures {
  /** Opens another browser, in which nobody is signed in. */
  elsewhere: () => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- it asks for no other fixture
  storageState: async ({}, use) => use(NOBODY),
  extraHTTPHeaders: async ({ extraHTTPHeaders }, use) =>
    use({ ...extraHTTPHeaders, "x-forwarded-for": network() }),
  contextOptions: async ({ contextOptions }, use) => use({ ...contextOptions, reducedMotion: "reduce" }),
  elsewhere: async ({ browser }, use) => {
    const opened: { page: Page; complaints: Complaints }[] = [];
    await use(async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      const complaints = new Complaints(page);
      opened.push({ page, complaints });
      return page;
    });
    for (const { page, complaints } of opened) {
      complaints.pardon(REFUSED);
      expect(complaints.all, "the other browser has nothing to complain of").toEqual([]);
      await page.context().close();
    }
  },
});

export { expect };

/** The browser writes down every answer that refuses something; these are meant. */
export const REFUSED = /status of 4\d\d/;

/** Holds a page against the rules of accessibility, in both themes. */
export async function inspect(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `${what}, ${colorScheme}`);
  }
}

async function taken(answer: Promise<APIResponse>): Promise<void> {
  const response = await answer;
  expect(response.ok(), `${response.status()} ${await response.text()}`).toBe(true);
}

/** Makes an account, an organisation and a store, as the pages do, and signs in. */
export async function signUp(page: Page, { name, email, password, organization }: Person): Promise<void> {
  const mailbox = new Mailbox(email);
  const store = { name: "First store", currency: "EUR", timezone: "Europe/Stockholm", week_start: "monday" };
  await taken(page.request.post("/api/auth/sign-up", { data: { name, email, organization, store } }));
  const token = tokenOf(await mailbox.link("/sign-up/complete"));
  await taken(page.request.post("/api/auth/sign-up/complete", { data: { token, password } }));
}

/** Has whoever is signed in invite somebody, who joins in another browser. */
export async function bringIn(page: Page, other: Page, person: Person, role = "member"): Promise<void> {
  const mailbox = new Mailbox(person.email);
  await taken(page.request.post("/api/invites", { data: { emails: [person.email], role } }));
  const token = tokenOf(await mailbox.link("/invite"));
  const { name, password } = person;
  await taken(other.request.post("/api/invites/accept", { data: { token, name, password } }));
}

/** Makes an account at the terminal, which does not show that its address is anybody's. */
export function provision({ name, email, password, organization }: Person): void {
  const folder = mkdtempSync(join(tmpdir(), "aloftly-person-"));
  try {
    const file = join(folder, "password");
    writeFileSync(file, password, { mode: 0o600 });
    const names = ["--name", organization, "--owner-email", email, "--owner-name", name];
    execFileSync(BINARY, ["org", "create", ...names, "--password-file", file], { stdio: "pipe" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function fillSignIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto("/sign-in");
  await fillSignIn(page, person);
  await expectInside(page, person);
}

export async function expectInside(page: Page, { name }: Person): Promise<void> {
  await expect(page.getByRole("button", { name: `Account of ${name}` })).toBeVisible();
}

export async function expectOutside(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Sign in to Aloftly" })).toBeVisible();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expectOutside(page);
}

/** Opens a page of the settings, and waits for all that it loads. */
export async function openSettings(page: Page, name: string, title: string): Promise<void> {
  await page.goto(`/settings/${name}`);
  await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
  await expect(page.getByRole("region").first()).toBeVisible();
  await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
}
