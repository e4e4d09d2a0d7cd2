import type { Page } from "@playwright/test";
import {
  documentOf,
  editor,
  expect,
  figure,
  loaded,
  open,
  openEditor,
  remove,
  saved,
  storesWithData,
  test,
  valueOf,
  words,
} from "./boards";
import { EMPTY_STORE, GOOGLE } from "./environment";
import { card, expectAccessible, openOverview, overflow } from "./fixtures";
import { bringIn, REFUSED, signUp, somebody, test as peopleTest } from "./people";

/** Whose Google account the simulated Google has. */
const GOOGLE_USER = "ada@fern.example";
/** As long as a reading of a small property may take on a slow machine. */
const READING = { timeout: 120_000 };

function row(page: Page, name: string) {
  return page.getByRole("listitem").filter({ has: page.getByRole("link", { name, exact: true }) });
}

async function choose(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole("button", { name: `What to do with ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

test("a dashboard is made, named, duplicated and deleted", async ({ page }) => {
  await openOverview(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Dashboards" }).click();
  await expect(page.getByRole("heading", { name: "Dashboards", level: 1 })).toBeVisible();
  await page.getByRole("link", { name: "New dashboard" }).first().click();
  await expect(page.getByRole("heading", { name: "New dashboard", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Empty dashboard" }).click();
  await expect(editor(page)).toBeVisible();
  const id = /dashboards\/([^?]+)/.exec(page.url())?.[1] ?? "";
  const name = page.getByLabel("Name of the dashboard");
  await name.fill("First of all");
  await name.press("Enter");
  await page.getByRole("button", { name: "Add a widget" }).click();
  await page.getByRole("combobox", { name: "Search" }).fill("revenue");
  await page.keyboard.press("Enter");
  await saved(page);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { name: "First of all", level: 1 })).toBeVisible();
  expect(await valueOf(page, "Revenue")).toMatch(/\d/);

  // What was looked at last is what one comes to.
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "First of all", level: 1 })).toBeVisible();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Dashboards" }).click();
  await expect(row(page, "First of all")).toContainText("1 widget");
  await choose(page, "First of all", "Duplicate");
  await page.getByRole("button", { name: "Open it" }).click();
  await expect(page.getByRole("heading", { name: "Copy of First of all", level: 1 })).toBeVisible();
  expect(await valueOf(page, "Revenue")).toMatch(/\d/);

  for (const [title, at] of [
    ["Copy of First of all", null],
    ["First of all", id],
  ] as const) {
    if (at !== null) await page.goto(`/dashboards/${at}`);
    await choose(page, title, "Delete…");
    const dialog = page.getByRole("dialog", { name: `Delete “${title}”?` });
    await expect(dialog.getByRole("button", { name: "Delete" })).toBeDisabled();
    await dialog.getByRole("textbox").fill(title);
    await dialog.getByRole("button", { name: "Delete" }).click();
    await expect(page.getByRole("heading", { name: "Dashboards", level: 1 })).toBeVisible();
    await expect(row(page, title)).toHaveCount(0);
  }
  // Nothing is remembered of what is gone.
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
});

peopleTest(
  "a dashboard of one's own is nobody else's, not even an admin's, and is seen by others once that is wanted",
  async ({ page, elsewhere, complaints }) => {
    await signUp(page, somebody());
    const other = await elsewhere();
    await bringIn(page, other, somebody("Bo Berg"), "admin");
    const { stores } = (await (await page.request.get("/api/stores")).json()) as {
      stores: { workspace: { id: string } }[];
    };
    const made = await page.request.post("/api/dashboards", {
      data: { workspace_id: stores[0]?.workspace.id, name: "Mine alone", visibility: "private" },
    });
    expect(made.status(), await made.text()).toBe(201);
    const { id } = (await made.json()) as { id: string };

    await other.goto(`/dashboards/${id}`);
    await expect(other.getByText("This dashboard is not there")).toBeVisible();
    await other.getByRole("button", { name: "See all dashboards" }).click();
    await expect(other.getByText("There is no dashboard yet")).toBeVisible();

    await page.goto(`/dashboards/${id}`);
    await choose(page, "Mine alone", "Who sees it…");
    const dialog = page.getByRole("dialog", { name: "Who sees Mine alone" });
    await expectAccessible(page, "who sees it");
    await dialog.getByRole("radio", { name: "The workspace", exact: true }).check();
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
    await other.reload();
    await expect(row(other, "Mine alone")).toContainText("The workspace");
    await row(other, "Mine alone").getByRole("link").click();
    await expect(other.getByRole("heading", { name: "Mine alone", level: 1 })).toBeVisible();
    complaints.pardon(REFUSED);
  },
);

peopleTest(
  "what somebody else has made of a dashboard is seen in its history, and taken back",
  async ({ page, elsewhere }) => {
    await signUp(page, somebody());
    const other = await elsewhere();
    await bringIn(page, other, somebody("Bo Berg"), "admin");
    const { stores } = (await (await page.request.get("/api/stores")).json()) as {
      stores: { workspace: { id: string } }[];
    };
    const made = await page.request.post("/api/dashboards", {
      data: {
        workspace_id: stores[0]?.workspace.id,
        name: "Ours",
        visibility: "workspace",
        document: documentOf([
          { id: "first0", widgets: [words("alpha0", "Alpha"), words("beta00", "Beta")] },
        ]),
      },
    });
    expect(made.status(), await made.text()).toBe(201);
    const dashboard = (await made.json()) as { id: string; name: string };

    await openEditor(other, dashboard);
    await other.getByRole("button", { name: "More for Beta" }).click();
    await other.getByRole("menuitem", { name: "Remove" }).click();
    await saved(other);

    await open(page, dashboard, "?show=history");
    const dialog = page.getByRole("dialog", { name: "History of Ours" });
    const entries = dialog.getByRole("list", { name: "What it was" }).getByRole("button");
    await expect(entries).toHaveCount(2);
    await expect(entries.first()).toContainText("Bo Berg · as it is now");
    const shown = dialog.getByRole("region", { name: "What Ours was" });
    await expect(shown.getByText("Words of Alpha")).toBeVisible();
    await expect(shown.getByText("Words of Beta")).toBeHidden();
    await entries.nth(1).click();
    await expect(shown.getByText("Words of Beta")).toBeVisible();
    await expectAccessible(page, "the history");
    await page.setViewportSize({ width: 360, height: 780 });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await dialog.getByRole("button", { name: "Bring this back" }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText("Words of Beta")).toBeVisible();
    await other.goto(`/dashboards/${dashboard.id}`);
    await expect(other.getByText("Words of Beta")).toBeVisible();
  },
);

test("what happened is noted down, stands on the axis, and is deleted and brought back", async ({
  page,
  make,
}) => {
  const [store] = await storesWithData(page);
  const dashboard = await make(
    [
      {
        id: "first0",
        widgets: [
          {
            id: "chart0",
            kind: "line",
            size: "large",
            title: "Orders over time",
            query: { metrics: ["shopify.orders"], granularity: "auto" },
          },
        ],
      },
    ],
    { settings: { stores: [store?.id] } },
  );
  await open(page, dashboard);
  await loaded(page);
  await card(page, "Orders over time").hover();
  await page.getByRole("button", { name: "More of Orders over time" }).click();
  await page.getByRole("menuitem", { name: "Note what happened…" }).click();
  const dialog = page.getByRole("dialog", { name: "What happened" });
  await dialog.getByLabel("What happened").fill("Autumn sale of a test");
  await dialog.getByLabel("Kind").selectOption("Sale");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const note = dialog.getByRole("listitem").filter({ hasText: "Autumn sale of a test" });
  await expect(note).toBeVisible();
  await expectAccessible(page, "what happened");
  await page.keyboard.press("Escape");
  const mark = card(page, "Orders over time").getByRole("button", { name: /Sale: Autumn sale of a test/ });
  await expect(mark).toBeVisible();

  await choose(page, dashboard.name, "What happened…");
  await expect(page).toHaveURL(/show=annotations/);
  await dialog.getByRole("button", { name: "Delete “Autumn sale of a test”" }).click();
  await expect(note).toHaveCount(0);
  await dialog.getByRole("button", { name: "Undo" }).click();
  await expect(note).toBeVisible();
  await dialog.getByRole("button", { name: "Delete “Autumn sale of a test”" }).click();
  await expect(note).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(mark).toBeHidden();
});

test.describe("one widget down", () => {
  const SECTIONS = [
    {
      id: "first0",
      widgets: [
        figure("orders", "shopify.orders"),
        figure("revenue", "shopify.revenue"),
        figure("buyers", "shopify.customers"),
      ],
    },
  ];

  test("the rest is fine, and it is tried again by itself", async ({ page, make, complaints }) => {
    const [store] = await storesWithData(page);
    const dashboard = await make(SECTIONS, { settings: { stores: [store?.id] } });
    let broken = true;
    await page.route("**/api/metrics/batch", async (route) => {
      const { queries } = route.request().postDataJSON() as {
        queries: Record<string, { metrics?: unknown[] }>;
      };
      const name = Object.keys(queries).find((one) => queries[one]?.metrics?.[0] === "shopify.orders");
      if (!broken || name === undefined) return route.fallback();
      const answer = await route.fetch();
      const lines = (await answer.text()).trim().split("\n");
      const problem = {
        type: "urn:aloftly:problem:internal",
        title: "Internal error",
        status: 500,
        code: "internal",
        instance: "/api/metrics/batch",
        request_id: "0192-broken",
        detail: "Something went wrong on our side. Your data is safe.",
      };
      const told = lines.map((line) => {
        const { name: whose } = JSON.parse(line) as { name?: string };
        return whose === name ? JSON.stringify({ name, status: 500, problem }) : line;
      });
      return route.fulfill({ response: answer, body: `${told.join("\n")}\n` });
    });
    await open(page, dashboard);
    const alert = card(page, "Orders").getByRole("alert");
    await expect(alert).toContainText("Orders could not be loaded");
    await expect(alert.getByRole("button", { name: "Copy request id" })).toHaveAttribute(
      "title",
      "0192-broken",
    );
    await expect(page.getByRole("alert")).toHaveCount(1);
    expect(await valueOf(page, "Revenue")).toMatch(/\d/);
    expect(await valueOf(page, "Customers")).toMatch(/\d/);
    await expectAccessible(page, "one widget down");
    broken = false;
    await alert.getByRole("button", { name: "Try again" }).click();
    expect(await valueOf(page, "Orders")).toMatch(/\d/);
    complaints.pardon(/500 \(Internal Server Error\)/);
  });
});

test.describe("a source whose access is taken back", () => {
  test.use({ neighbours: [new URL(GOOGLE).origin] });

  interface Integration {
    id: string;
    provider: string;
    status: string;
    synced_at?: string;
  }

  async function visitsOf(page: Page, store: string): Promise<Integration | undefined> {
    const answer = await page.request.get(`/api/integrations?store=${store}`);
    const { integrations } = (await answer.json()) as { integrations: Integration[] };
    return integrations.find(({ provider }) => provider === "ga4");
  }

  /** Connects the store's visits, also again, and waits until they are read. */
  async function connectVisits(page: Page, store: string): Promise<Integration> {
    const started = await page.request.post("/api/oauth/ga4/start", {
      data: { store_id: store, fields: {} },
    });
    expect(started.ok(), await started.text()).toBe(true);
    await page.goto(((await started.json()) as { location: string }).location);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(/\/connections/);
    const choice = page.getByRole("dialog", { name: /^Choose an account/ });
    if ((await visitsOf(page, store))?.status === "choosing") {
      await choice.getByLabel(new RegExp(`^${EMPTY_STORE}`)).check();
      await choice.getByRole("button", { name: "Choose" }).click();
    }
    await expect
      .poll(async () => {
        const visits = await visitsOf(page, store);
        return visits?.status === "connected" && visits.synced_at !== undefined;
      }, READING)
      .toBe(true);
    const visits = await visitsOf(page, store);
    if (!visits) throw new Error("the visits were connected");
    return visits;
  }

  test("its widgets say since when and why, and the rest is fine", async ({ page, make, request }) => {
    test.setTimeout(300_000);
    const answer = await page.request.get("/api/stores");
    const { stores } = (await answer.json()) as { stores: { id: string; name: string }[] };
    const store = stores.find(({ name }) => name === EMPTY_STORE)?.id ?? "";
    const known = await visitsOf(page, store);
    const visits = known?.status === "connected" ? known : await connectVisits(page, store);
    const dashboard = await make(
      [
        {
          id: "first0",
          widgets: [
            figure("visits", "ga4.sessions"),
            figure("orders", "shopify.orders"),
            words("alpha0", "Alpha"),
          ],
        },
      ],
      { settings: { stores: [store] } },
    );
    await open(page, dashboard);
    await loaded(page);
    expect(await valueOf(page, "Sessions")).toMatch(/\d/);
    await expect(card(page, "Sessions").getByRole("button", { name: /^As of/ })).toHaveCount(0);

    const taken = await request.post(`${GOOGLE}/_control/revoke`, { data: { email: GOOGLE_USER } });
    expect(taken.ok(), await taken.text()).toBe(true);
    await page.request.post(`/api/integrations/${visits.id}/sync`, { data: { kind: "incremental" } });
    await expect.poll(async () => (await visitsOf(page, store))?.status, READING).toBe("revoked");
    await page.reload();
    await loaded(page);
    const since = card(page, "Sessions").getByRole("button", { name: /^As of/ });
    await expect(since).toBeVisible();
    await since.hover();
    await expect(page.getByRole("tooltip")).toContainText("somebody has to connect Google Analytics 4 again");
    // What is known stays, and what comes from elsewhere says nothing of it.
    expect(await valueOf(page, "Sessions")).toMatch(/\d/);
    await expect(card(page, "Orders").getByRole("button", { name: /^As of/ })).toHaveCount(0);
    await expect(page.getByText("Words of Alpha")).toBeVisible();
    // Out of it, and out of the way that leads into it.
    await page.mouse.move(0, 0);
    await page.mouse.move(2, 2);
    await expect(page.getByRole("tooltip")).toHaveCount(0);
    await expectAccessible(page, "a source that is behind");
    await remove(page, dashboard.id);
    await connectVisits(page, store);
  });
});

test("nothing sticks out sideways on a phone", async ({ page, make }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await make([], { name: "A dashboard with a name that is far too long for a phone to show in one line" });
  await page.goto("/dashboards");
  await expect(page.getByRole("link", { name: /^A dashboard with a name/ })).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole("link", { name: /^A dashboard with a name/ }).click();
  await expect(page.getByText("There is nothing on it yet")).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.goto("/dashboards/new");
  await expect(page.getByRole("button", { name: "Empty dashboard" })).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

for (const scheme of ["light", "dark"] as const) {
  test(`accessibility holds in the ${scheme} theme`, async ({ page, make }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const dashboard = await make([], { name: "Nothing yet" });
    await page.goto("/dashboards");
    await expect(page.getByRole("link", { name: "Nothing yet" })).toBeVisible();
    await expectAccessible(page, "the list");
    await open(page, dashboard);
    await expect(page.getByText("There is nothing on it yet")).toBeVisible();
    await expectAccessible(page, "an empty dashboard");
    await page.getByRole("button", { name: "Add the first widget" }).click();
    await expect(page.getByText("An empty page")).toBeVisible();
    await expectAccessible(page, "an empty page");
    await page.goto("/dashboards/new");
    await expect(page.getByRole("button", { name: "Empty dashboard" })).toBeVisible();
    await expectAccessible(page, "a new dashboard");
    await page.goto(`/dashboards/${dashboard.id}`);
    await choose(page, "Nothing yet", "Keep as a template…");
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page, "keeping it as a template");
    await page.keyboard.press("Escape");
    await choose(page, "Nothing yet", "Delete…");
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page, "deleting it");
  });
}
