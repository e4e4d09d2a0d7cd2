import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "@playwright/test";
import { Complaints, expect, expectAccessible, overflow, test as base } from "./fixtures";
import { figures, newDashboard, newLink, TITLES, type MadeDashboard } from "./shares";

/** The browser writes down every answer that refuses something; these are meant. */
const REFUSED = /status of 4\d\d/;

interface Fixtures {
  dashboard: MadeDashboard;
  /** A browser in which nobody is signed in. */
  visitor: { page: Page; complaints: Complaints };
}

async function anybody(browser: Browser): Promise<Fixtures["visitor"]> {
  const context = await browser.newContext({
    storageState: { cookies: [], origins: [] },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  return { page, complaints: new Complaints(page) };
}

const test = base.extend<Fixtures>({
  dashboard: async ({ page }, use) => {
    const dashboard = await newDashboard(page, "Morning coffee");
    await use(dashboard);
    await page.request.delete(`/api/dashboards/${dashboard.id}`, { headers: { "If-Match": "*" } });
  },
  visitor: async ({ browser }, use) => {
    const visitor = await anybody(browser);
    await use(visitor);
    expect(visitor.complaints.all, "the visitor's browser has nothing to complain of").toEqual([]);
    await visitor.page.context().close();
  },
});

const NOTHING = "This link shows nothing any more";

async function expectNothing(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: NOTHING })).toBeVisible();
}

test("a link is made on the page, and shows to anybody what is seen inside", async ({
  page,
  dashboard,
  visitor,
}) => {
  await page.goto(`/dashboards/${dashboard.id}`);
  const inside = await figures(page);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("There is no link yet")).toBeVisible();
  await expectAccessible(page, "the links of a dashboard");
  await dialog.getByRole("button", { name: "New link" }).click();
  await dialog.getByLabel("Name").fill("For the board");
  await expectAccessible(page, "a new link");
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const link = await dialog.getByLabel("Link", { exact: true }).inputValue();
  expect(link).toMatch(/\/shared#token=aloftly_share_[\w-]{43}$/);
  await expectAccessible(page, "the link that was made");

  const asked: string[] = [];
  visitor.page.on("request", (request) => {
    if (request.url().includes("/api/")) asked.push(new URL(request.url()).pathname);
    expect(request.url(), "the token is in no address that a server sees").not.toContain("aloftly_share_");
  });
  await visitor.page.goto(link);
  await expect(visitor.page.getByRole("heading", { name: "For the board", level: 1 })).toBeVisible();
  expect(await figures(visitor.page)).toEqual(inside);
  expect(new Set(asked), "nothing but the link is asked").toEqual(
    new Set(["/api/shared", "/api/shared/data"]),
  );
  for (const colorScheme of ["light", "dark"] as const) {
    await visitor.page.emulateMedia({ colorScheme });
    await expectAccessible(visitor.page, `what is shared, ${colorScheme}`);
  }
  // A bookmark of it opens it again.
  await visitor.page.goto(visitor.page.url());
  await visitor.page.reload();
  expect(await figures(visitor.page)).toEqual(inside);
  await visitor.page.setViewportSize({ width: 360, height: 780 });
  expect(await overflow(visitor.page)).toBeLessThanOrEqual(0);

  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await expect(dialog.getByRole("listitem")).toContainText(/Opened (2|3) times/);
  await dialog.getByRole("button", { name: "Take For the board back" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("For the board");
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await expect(page.getByText("There is no link yet")).toBeVisible();
  await visitor.page.reload();
  await expectNothing(visitor.page);
  await expectAccessible(visitor.page, "a link that shows nothing");
  visitor.complaints.pardon(REFUSED);
});

test("a link with a password shows nothing before it is known", async ({ page, dashboard, visitor }) => {
  const link = await newLink(page, dashboard, { password: "a cup of coffee" });
  await visitor.page.goto(link.path);
  await expect(visitor.page.getByRole("heading", { name: "This link wants a password" })).toBeVisible();
  await expect(visitor.page.getByText(dashboard.name)).toHaveCount(0);
  for (const colorScheme of ["light", "dark"] as const) {
    await visitor.page.emulateMedia({ colorScheme });
    await expectAccessible(visitor.page, `a link that wants a password, ${colorScheme}`);
  }
  const password = visitor.page.getByLabel("Password", { exact: true });
  await password.fill("a cup of tea");
  await visitor.page.keyboard.press("Enter");
  await expect(visitor.page.getByText("This is not the link’s password.")).toBeVisible();
  await password.fill("a cup of coffee");
  await visitor.page.keyboard.press("Enter");
  expect(await figures(visitor.page)).toHaveLength(TITLES.length);
  await visitor.page.reload();
  expect(await figures(visitor.page), "it is asked for once").toHaveLength(TITLES.length);
  await page.request.patch(`/api/shares/${link.id}`, { data: { password: "a cup of water" } });
  await visitor.page.reload();
  await expect(visitor.page.getByRole("heading", { name: "This link wants a password" })).toBeVisible();
  visitor.complaints.pardon(REFUSED);
});

test("a link ends when it was said to, and with what it shows", async ({ page, dashboard, visitor }) => {
  const [first, second] = [await newLink(page, dashboard), await newLink(page, dashboard)];
  await visitor.page.goto(first.path);
  expect(await figures(visitor.page)).toHaveLength(TITLES.length);
  const soon = new Date(Date.now() + 2_000).toISOString();
  const ended = await page.request.patch(`/api/shares/${first.id}`, { data: { expires_at: soon } });
  expect(ended.ok()).toBe(true);
  await expect
    .poll(async () => {
      await visitor.page.reload();
      return visitor.page.getByRole("heading", { level: 1 }).textContent();
    })
    .toBe(NOTHING);
  await visitor.page.goto("about:blank");
  await visitor.page.goto(second.path);
  expect(await figures(visitor.page)).toHaveLength(TITLES.length);
  await page.goto(`/dashboards/${dashboard.id}`);
  const read = await page.request.get(`/api/dashboards/${dashboard.id}`);
  const { name, description, document } = (await read.json()) as Record<string, unknown>;
  const hidden = await page.request.put(`/api/dashboards/${dashboard.id}`, {
    data: { name, description, document, visibility: "workspace" },
    headers: { "If-Match": "*" },
  });
  expect(hidden.ok(), await hidden.text()).toBe(true);
  await visitor.page.reload();
  await expectNothing(visitor.page);
  visitor.complaints.pardon(REFUSED);
});

test("other days are looked at where the link lets, and the address keeps them", async ({
  page,
  dashboard,
  visitor,
}) => {
  const fixed = await newLink(page, dashboard);
  await visitor.page.goto(fixed.path);
  await expect(visitor.page.getByText(/^Last 30 days: /)).toBeVisible();
  await expect(visitor.page.getByRole("button", { name: /^Date range/ })).toHaveCount(0);
  const free = await newLink(page, dashboard, { may_change_range: true });
  await visitor.page.goto("about:blank");
  await visitor.page.goto(free.path);
  const whole = await figures(visitor.page);
  await visitor.page.getByRole("button", { name: /^Date range/ }).click();
  await visitor.page.getByRole("button", { name: "Last 7 days" }).click();
  await expect.poll(() => figures(visitor.page)).not.toEqual(whole);
  expect(visitor.page.url()).toMatch(/\?range=last_7_days#token=/);
  const week = await figures(visitor.page);
  await visitor.page.reload();
  expect(await figures(visitor.page)).toEqual(week);
});

/** A page of somebody else's that shows whatever its address names in a frame. */
async function neighbour(): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const source = new URL(request.url ?? "", "http://x").searchParams.get("frame") ?? "";
    const frame = source.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(
      `<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,"><main><h1>A shop</h1>` +
        `<iframe title="Figures" width="900" height="700" src="${frame}"></iframe></main></html>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

test("a page that the link names frames it, and no other does", async ({
  page,
  dashboard,
  visitor,
  baseURL,
}) => {
  const { server, port } = await neighbour();
  try {
    const [shop, other] = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
    const link = await newLink(page, dashboard, { origins: [shop] });
    const evil = await newLink(page, dashboard, { origins: [other] });
    const framed = (key: string, token: string) => `${baseURL ?? ""}/embed/${key}#token=${token}`;
    const show = (by: string, address: string) =>
      visitor.page.goto(`${by}/?frame=${encodeURIComponent(address)}`);
    const frame = visitor.page.frameLocator("iframe").locator("body");

    await show(shop, framed(link.embedKey, link.token));
    await expect(frame.getByRole("heading", { name: "For you", level: 1 })).toBeVisible();
    expect(await figures(frame)).toHaveLength(TITLES.length);
    await expect(frame.getByRole("banner"), "the page around it has its own").toHaveCount(0);
    expect(visitor.complaints.all).toEqual([]);
    await visitor.page.goto(framed(link.embedKey, link.token));
    await figures(visitor.page);
    for (const colorScheme of ["light", "dark"] as const) {
      await visitor.page.emulateMedia({ colorScheme });
      await expectAccessible(visitor.page, `what a frame shows, ${colorScheme}`);
    }

    // Another page is refused by the browser, as is the link's own page, and the app, everywhere.
    const app = baseURL ?? "";
    for (const [by, address] of [
      [other, framed(link.embedKey, link.token)],
      [shop, `${app}/shared#token=${link.token}`],
      [shop, app],
      [shop, framed("x".repeat(43), link.token)],
    ] as const) {
      await show(by, address);
      await expect.poll(() => visitor.complaints.all.join("\n"), address).toMatch(/frame-ancestors/);
      await expect(frame.getByRole("heading")).toHaveCount(0);
      visitor.complaints.pardon(/frame-ancestors|chrome-error|ERR_BLOCKED/);
      expect(visitor.complaints.all).toEqual([]);
    }
    // Nor does it help to have a link of one's own that may be framed there.
    await show(other, framed(evil.embedKey, link.token));
    await expect(frame.getByRole("heading", { name: NOTHING })).toBeVisible();
    visitor.complaints.pardon(REFUSED);
  } finally {
    server.close();
  }
});

test("what is shared is printed whole, on light paper and without its buttons", async ({
  page,
  dashboard,
  visitor,
}) => {
  const link = await newLink(page, dashboard, { may_change_range: true });
  await visitor.page.emulateMedia({ colorScheme: "dark" });
  await visitor.page.goto(link.path);
  await figures(visitor.page);
  await visitor.page.emulateMedia({ colorScheme: "dark", media: "print" });
  for (const title of TITLES) {
    await expect(visitor.page.getByRole("region", { name: title, exact: true })).toBeVisible();
  }
  await expect(visitor.page.getByRole("heading", { name: "For you" })).toBeVisible();
  await expect(visitor.page.getByRole("button", { name: /^Theme/ })).toBeHidden();
  await expect(visitor.page.getByRole("button", { name: /^Date range/ })).toBeHidden();
  await expect(visitor.page.locator("html")).not.toHaveClass(/dark/);
  const paper = await visitor.page.pdf({ format: "A4" });
  expect(paper.subarray(0, 5).toString()).toBe("%PDF-");
  await visitor.page.emulateMedia({ colorScheme: "dark", media: "screen" });
  await expect(visitor.page.locator("html")).toHaveClass(/dark/);
});

test("what is shared looks as the pages of whoever shares it", async ({ page, dashboard, visitor }) => {
  const link = await newLink(page, dashboard);
  const branded = await page.request.put("/api/branding", {
    data: { name: "Lighthouse", accent: "#0f766e" },
  });
  expect(branded.ok(), await branded.text()).toBe(true);
  try {
    await visitor.page.goto(link.path);
    await expect(visitor.page.getByRole("banner")).toContainText("Lighthouse");
    await expect(visitor.page).toHaveTitle("For you · Lighthouse");
    const accent = () =>
      visitor.page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent"));
    expect(await accent()).toBe("#0f766e");
    for (const colorScheme of ["light", "dark"] as const) {
      await visitor.page.emulateMedia({ colorScheme });
      await expectAccessible(visitor.page, `a brand, ${colorScheme}`);
    }
  } finally {
    await page.request.put("/api/branding", { data: {} });
  }
});
