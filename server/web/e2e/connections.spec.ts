import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import {
  card,
  expect,
  expectAccessible,
  openOverview,
  overflow,
  storeNames,
  switchStore,
  test,
} from "./fixtures";
import { bringIn, signUp, somebody, test as peopleTest } from "./people";

interface Provider {
  id: string;
  title: string;
  available: boolean;
  fields: { title: string; optional: boolean }[];
}

async function providersOf(page: Page): Promise<Provider[]> {
  const answer = await page.request.get("/api/providers");
  return ((await answer.json()) as { providers: Provider[] }).providers;
}

/** Opens the connections of the store that is looked at, and waits for all that the page loads. */
async function openConnections(page: Page, search = ""): Promise<void> {
  await page.goto(`/connections${search}`);
  await loaded(page);
}

async function loaded(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Connections", level: 1 })).toBeVisible();
  await expect(page.getByRole("main").getByRole("region").first()).toBeVisible();
  await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
}

test("the connections are a page of each store, which its address restores", async ({ page }) => {
  await openOverview(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Connections" }).click();
  await loaded(page);
  const [first = "", second = ""] = await storeNames(page);
  await switchStore(page, second);
  await expect(page.getByText(`Where the data of ${second} come from.`)).toBeVisible();
  await expect(page).toHaveTitle(`Connections · ${second} · Aloftly`);
  await page.reload();
  await expect(page.getByText(`Where the data of ${second} come from.`)).toBeVisible();
  await switchStore(page, first);
  await page.goBack();
  await expect(page.getByText(`Where the data of ${second} come from.`)).toBeVisible();
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("button", { name: `Store: ${second}.` })).toBeVisible();
});

test("every source that the server knows is listed, with what is to be done before it can be connected", async ({
  page,
}) => {
  await openConnections(page);
  const providers = await providersOf(page);
  await expect(page.getByRole("main").getByRole("region")).toHaveCount(Math.max(providers.length, 1));
  if (providers.length === 0) await expect(page.getByText("There is nothing to connect yet")).toBeVisible();
  for (const { title, available } of providers) {
    const connect = card(page, title).getByRole("button", { name: `Connect ${title}` });
    const missing = card(page, title).getByText("It is not set up yet");
    await expect(available ? connect : missing).toBeVisible();
    await expect(available ? missing : connect).toBeHidden();
  }
});

test("a source is not connected before its form is filled in", async ({ page }) => {
  await openConnections(page);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") asked.push(request.url());
  });
  for (const { title, fields } of (await providersOf(page)).filter(({ available }) => available)) {
    const needed = fields.find(({ optional }) => !optional);
    if (!needed) continue;
    const open = page.getByRole("button", { name: `Connect ${title}` });
    await open.click();
    const dialog = page.getByRole("dialog", { name: `Connect ${title}` });
    // There may be a suggestion.
    await dialog.getByLabel(needed.title, { exact: true }).fill("");
    await dialog.getByLabel(needed.title, { exact: true }).press("Enter");
    await expect(dialog.getByText(`Enter what belongs to “${needed.title}”.`)).toBeVisible();
    await expect(dialog.getByLabel(needed.title, { exact: true })).toBeFocused();
    await expectAccessible(page, `connecting ${title}`);
    await page.keyboard.press("Escape");
    await expect(open).toBeFocused();
  }
  expect(asked).toEqual([]);
});

test("what came of a sign-in at a source is said once, and is not in the address any more", async ({
  page,
}) => {
  await openConnections(page, "?problem=connection_declined&provider=shopify&range=last_7_days");
  const notice = page.getByRole("alert").filter({ hasText: "was not allowed to let Aloftly in" });
  await expect(notice).toBeVisible();
  await expect(page).toHaveURL(/\/connections\?range=last_7_days&store=[0-9a-f-]+$/);
  await expectAccessible(page, "a sign-in that was declined");
  await notice.getByRole("button", { name: "Dismiss" }).click();
  await expect(notice).toBeHidden();

  await openConnections(page, "?problem=something_new&provider=shopify");
  await expect(
    page.getByRole("alert").filter({ hasText: "did not work. Nothing has changed" }),
  ).toBeVisible();
  await page.reload();
  await loaded(page);
  await expect(page.getByRole("alert")).toHaveCount(0);
  // A connection that is not there, or no more, is no news.
  for (const what of ["connected", "choose"]) {
    await openConnections(page, `?${what}=${randomUUID()}`);
    await expect(page).not.toHaveURL(new RegExp(what + "="));
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Dismiss" })).toHaveCount(0);
  }
});

test("the page hears of its store through a socket that the content security policy lets it open", async ({
  page,
}) => {
  const opened = page.waitForEvent("websocket");
  await openConnections(page);
  const socket = await opened;
  const store = new URL(page.url()).searchParams.get("store") ?? "";
  expect(new URL(socket.url()).pathname).toBe(`/ws/stores/${store}`);
  expect(new URL(socket.url()).host).toBe(new URL(page.url()).host);
  // Told at once; it may have been before anybody waited for it, so the page is asked for anew.
  const told = page.waitForEvent("websocket").then((next) => next.waitForEvent("framereceived"));
  await page.reload();
  const { payload } = await told;
  const news = JSON.parse(String(payload)) as { type: string; store_id: string };
  expect(news).toMatchObject({ type: "dashboard:update", store_id: store });
});

test("a store that is not there has no connections", async ({ page }) => {
  await page.goto(`/connections?store=${randomUUID()}`);
  await expect(page.getByText("There is no such page")).toBeVisible();
});

test("the connections fit every screen, in both themes", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await openConnections(page);
      expect(await overflow(page), `${colorScheme}, ${width}`).toBeLessThanOrEqual(0);
      await expectAccessible(page, `connections, ${colorScheme}, ${width}`);
    }
  }
});

peopleTest("who only looks is told so, and connects nothing", async ({ page, elsewhere }) => {
  const [ann, robin] = [somebody(), somebody("Robin Hale")];
  const owner = await elsewhere();
  await signUp(owner, ann);
  await bringIn(owner, page, robin, "viewer");
  const { workspaces } = (await (await owner.request.get("/api/workspaces")).json()) as {
    workspaces: { id: string }[];
  };
  const { members } = (await (await owner.request.get("/api/members")).json()) as {
    members: { user_id: string; email: string }[];
  };
  const place = `/api/workspaces/${workspaces[0]?.id ?? ""}/members`;
  const who = members.find(({ email }) => email === robin.email)?.user_id ?? "";
  const added = await owner.request.put(`${place}/${who}`, { data: { role: "viewer" } });
  expect(added.ok(), await added.text()).toBe(true);

  await openConnections(page);
  await expect(page.getByText(/^You can look here\. Admins and owners connect sources/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Connect / })).toHaveCount(0);
  await openConnections(owner);
  await expect(owner.getByText(/^You can look here/)).toHaveCount(0);
});
