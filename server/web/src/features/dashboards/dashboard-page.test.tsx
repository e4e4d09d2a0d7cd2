import { configure, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { useEffect, useState } from "react";
import { CommandCenter } from "@/components/command/command-center";
import type { Annotation, SavedView, Store } from "@/lib/api/types";
import type { Dashboard } from "@/lib/dashboards/document";
import type { DashboardSearch } from "@/lib/dashboards/view";
import { lastDashboard, rememberDashboard } from "@/lib/last-dashboard";
import { answerBatches } from "@/test/batches";
import { dashboardOf, documentOf, figureOf, sectionOf, tellRegistry, widgetOf } from "@/test/dashboards";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { metricResponse, store } from "@/test/responses";
import { FakeSocket } from "@/test/sockets";
import { DashboardPage } from "./dashboard-page";

const eu: Store = {
  ...store,
  id: "0192a000-0000-7000-8000-000000000002",
  name: "Southwind",
  currency: "EUR",
};

const dashboard = dashboardOf(
  documentOf([
    sectionOf("sales0", [figureOf("figure"), widgetOf("words0", { text: "# Read me\n\nSlowly." })]),
  ]),
);

const PATH = `/api/dashboards/${dashboard.id}`;

interface PageProps {
  start?: DashboardSearch;
  stores?: Store[];
}

// Dialogs are loaded when they are wanted first, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 20_000 });
configure({ asyncUtilTimeout: 5000 });

let address: DashboardSearch = {};
const went: string[] = [];

function Page({ start = {}, stores = [store, eu] }: PageProps) {
  const [search, setSearch] = useState(start);
  useEffect(() => {
    address = search;
  }, [search]);
  return (
    <CommandCenter>
      <DashboardPage
        id={dashboard.id}
        stores={stores}
        search={search}
        onSearch={(change) => setSearch((now) => ({ ...now, ...change }))}
        onOpen={(id) => went.push(id)}
        onList={() => went.push("list")}
        Guard={() => null}
      />
    </CommandCenter>
  );
}

function tell(told: Dashboard = dashboard, views: SavedView[] = [], annotations: Annotation[] = []) {
  const asked = answerBatches(() => metricResponse("shopify.revenue"));
  const about: URLSearchParams[] = [];
  network.use(
    http.get(PATH, () => HttpResponse.json(told)),
    http.get(`${PATH}/views`, () => HttpResponse.json({ views })),
    http.get("/api/annotations", ({ request }) => {
      about.push(new URL(request.url).searchParams);
      return HttpResponse.json({ annotations });
    }),
  );
  return { asked, about };
}

/** What the widgets have asked last. */
function lastAsked(asked: { queries: object }[]): unknown {
  return Object.values(asked.at(-1)?.queries ?? {})[0];
}

beforeEach(() => {
  went.length = 0;
  tellRegistry();
});

it("shows a dashboard with its figures, and remembers it", async () => {
  const { asked, about } = tell();
  show(<Page />);
  expect(await screen.findByRole("heading", { name: "Every morning", level: 1 })).toBeVisible();
  expect(await screen.findByText("Slowly.")).toBeVisible();
  expect(await screen.findByRole("region", { name: "Revenue" })).toBeVisible();
  await waitFor(() => expect(asked.length).toBeGreaterThan(0));
  expect(lastAsked(asked)).toMatchObject({
    metrics: ["shopify.revenue"],
    stores: [store.id, eu.id],
    time_range: "last_30_days",
    compare_to: "previous_period",
    currency: "EUR",
  });
  expect(lastDashboard()).toBe(dashboard.id);
  expect(document.title).toBe("Every morning · Dashboards · Aloftly");
  // Last 30 days on 21 November 2026.
  expect(Object.fromEntries(about.at(-1) ?? [])).toEqual({
    workspace_id: store.workspace.id,
    store_ids: [store.id, eu.id].join(","),
    from: "2026-10-22",
    to: "2026-11-20",
  });
});

it("keeps fresh, and marks, what a widget shows of stores of its own", async () => {
  const third: Store = { ...eu, id: "0192a000-0000-7000-8000-000000000003", name: "Eastwind" };
  const own = { range: null, compare: null, filters: "add" } as const;
  const { about } = tell(
    dashboardOf(
      documentOf([
        sectionOf("sales0", [
          figureOf("figure"),
          figureOf("souths", "shopify.orders", { own: { ...own, stores: [eu.id] } }),
          // A store that one does not see any more.
          figureOf("nobody", "shopify.orders", { own: { ...own, stores: ["gone"] } }),
        ]),
      ]),
    ),
  );
  show(<Page start={{ stores: store.id }} stores={[store, eu, third]} />);
  await screen.findByRole("heading", { level: 1 });
  await waitFor(() => expect(about.length).toBeGreaterThan(0));
  expect(about.at(-1)?.get("store_ids")).toBe([store.id, eu.id].join(","));
  const heard = FakeSocket.all.filter(({ closed }) => !closed).map(({ url }) => url.split("/").at(-1));
  expect(heard.sort()).toEqual([store.id, eu.id]);
});

it("asks as the address says", async () => {
  const { asked } = tell();
  const f = [["country", "in", "US"]];
  show(<Page start={{ range: "yesterday", compare: "none", stores: eu.id, f }} />);
  await waitFor(() => expect(asked.length).toBeGreaterThan(0));
  const question = lastAsked(asked);
  expect(question).toMatchObject({
    stores: [eu.id],
    time_range: "yesterday",
    filters: { and: [{ dimension: "country", operator: "in", values: ["US"] }] },
  });
  expect(question).not.toHaveProperty("compare_to");
  expect(question).not.toHaveProperty("currency");
});

it("writes what is chosen into the address, and leaves out what is as usual", async () => {
  tell();
  const { user } = show(<Page start={{ range: "yesterday" }} />);
  await screen.findByRole("heading", { level: 1 });
  await user.click(screen.getByRole("button", { name: /^Date range/ }));
  await user.click(await screen.findByRole("button", { name: "Last 90 days" }));
  expect(address.range).toBe("last_90_days");
  await user.click(screen.getByRole("button", { name: /^Date range/ }));
  await user.click(await screen.findByRole("button", { name: "Last 30 days" }));
  expect(address.range).toBeUndefined();
});

it("says when there is no such dashboard, and forgets it", async () => {
  rememberDashboard(dashboard.id);
  network.use(http.get(PATH, () => problem(404, "not_found")));
  const { user } = show(<Page />);
  expect(await screen.findByText("This dashboard is not there")).toBeVisible();
  expect(lastDashboard()).toBeNull();
  await user.click(screen.getByRole("button", { name: "See all dashboards" }));
  expect(went).toEqual(["list"]);
});

it("says what went wrong, and tries again", async () => {
  let broken = true;
  tell();
  network.use(http.get(PATH, () => (broken ? problem(500, "internal") : HttpResponse.json(dashboard))));
  const { user } = show(<Page />);
  expect(await screen.findByText("The dashboard could not be loaded")).toBeVisible();
  broken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { name: "Every morning" })).toBeVisible();
});

it("offers nothing to change to who only looks", async () => {
  tell(dashboardOf(dashboard.document, { may: { edit: false, delete: false, share: false } }));
  const { user } = show(<Page start={{ edit: true }} />);
  await screen.findByRole("heading", { level: 1 });
  expect(screen.queryByRole("button", { name: "Edit" })).not.toBeInTheDocument();
  expect(screen.queryByRole("group", { name: "Changing the dashboard" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "What to do with Every morning" }));
  const entries = (await screen.findAllByRole("menuitem")).map((entry) => entry.textContent.trim());
  expect(entries).toEqual(["What happened…", "History…", "Print…", "Duplicate"]);
});

it("begins an empty dashboard with its first widget", async () => {
  tell(dashboardOf(documentOf([])));
  const { user } = show(<Page />);
  expect(await screen.findByText("There is nothing on it yet")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Add the first widget" }));
  expect(address.edit).toBe(true);
});

it("says so where the workspace has no store", async () => {
  tell();
  show(<Page stores={[{ ...store, workspace: { id: "other", name: "Other" } }]} />);
  expect(await screen.findByText("There is no store to show")).toBeVisible();
});

it("does not begin to be changed where the workspace has no store, so that one can leave it", async () => {
  tell();
  show(<Page start={{ edit: true }} stores={[]} />);
  expect(await screen.findByText("There is no store to show")).toBeVisible();
  expect(screen.getByRole("button", { name: "What to do with Every morning" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Edit" })).not.toBeInTheDocument();
});

it("is changed by the key for it, and each widget is found by its name", async () => {
  tell();
  const { user } = show(<Page />);
  await screen.findByText("Slowly.");
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox"), "revenue");
  await user.keyboard("{Enter}");
  await waitFor(() =>
    expect(screen.getByRole("region", { name: "Revenue" }).closest("[data-widget]")).toHaveFocus(),
  );
  await user.keyboard("e");
  expect(address.edit).toBe(true);
});

describe("who sees it", () => {
  it("is as the server has it, and closing links is said before", async () => {
    let there = dashboardOf(dashboard.document, { visibility: "public" });
    tell();
    let ifMatch: string | null = null;
    network.use(
      http.get(PATH, () => HttpResponse.json(there)),
      http.get("/api/dashboards", () => HttpResponse.json({ dashboards: [] })),
      http.put(PATH, async ({ request }) => {
        ifMatch = request.headers.get("if-match");
        there = { ...there, ...((await request.json()) as Dashboard), revision: 5 };
        return HttpResponse.json(there);
      }),
    );
    const { user } = show(<Page />);
    expect(await screen.findByText("The workspace, and links")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "What to do with Every morning" }));
    await user.click(await screen.findByRole("menuitem", { name: "Who sees it…" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("radio", { name: "Only you" }));
    expect(within(dialog).getByText(/^Links to it show nothing/)).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Only you")).toBeVisible();
    expect(there).toMatchObject({
      visibility: "private",
      name: "Every morning",
      document: dashboard.document,
    });
    expect(ifMatch).toBe('"r4"');
    expect(screen.getByRole("button", { name: "What to do with Every morning" })).toHaveFocus();
  });

  it("stays as it was where the server refuses", async () => {
    tell();
    network.use(http.put(PATH, () => problem(403, "forbidden", { detail: "only its maker may" })));
    const { user } = show(<Page />);
    await user.click(await screen.findByRole("button", { name: "What to do with Every morning" }));
    await user.click(await screen.findByRole("menuitem", { name: "Who sees it…" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("radio", { name: "Only you" }));
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("Only its maker may.");
  });
});

describe("saved views", () => {
  const week: SavedView = {
    id: "0192a000-0000-7000-8000-000000000e01",
    name: "This week",
    search: "range=this_week&compare=previous_week",
    is_shared: true,
    is_own: true,
    created_at: "2026-11-01T00:00:00Z",
  };

  it("are shown as they were saved, and can be left", async () => {
    tell(dashboard, [week]);
    const { user } = show(<Page start={{ range: "yesterday", stores: eu.id }} />);
    await user.click(await screen.findByRole("button", { name: "Saved views: none chosen" }));
    await user.click(await screen.findByRole("menuitemradio", { name: "This week" }));
    expect(address).toEqual({ range: "this_week", compare: "previous_week", view: week.id });
    await user.click(screen.getByRole("button", { name: "Saved views: This week" }));
    await user.click(await screen.findByRole("menuitem", { name: "As the dashboard is" }));
    expect(Object.values(address).filter(Boolean)).toEqual([]);
  });

  it("are not changed by looking at which stores are shown", async () => {
    const all = { ...week, search: "range=this_week&currency=own" };
    tell(dashboard, [all]);
    const { user } = show(<Page start={{ range: "this_week", currency: "own", view: week.id }} />);
    await user.click(await screen.findByRole("button", { name: "Stores: All 2 stores, amounts in EUR" }));
    await user.click(await screen.findByRole("button", { name: "Show them" }));
    expect(screen.getByRole("button", { name: "Saved views: This week" })).toBeVisible();
    expect(address.currency).toBe("own");
  });

  it("are saved with a name, for oneself or for everybody", async () => {
    tell(dashboard, []);
    const sent: unknown[] = [];
    network.use(
      http.post(`${PATH}/views`, async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(week, { status: 201 });
      }),
    );
    const { user } = show(<Page start={{ range: "this_week", compare: "previous_week" }} />);
    await user.click(await screen.findByRole("button", { name: /^Saved views/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Save as a view…" }));
    const dialog = await screen.findByRole("dialog", { name: "Save as a view" });
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(within(dialog).getByText("Give it a name.")).toBeVisible();
    await user.type(within(dialog).getByLabelText("Name"), "This week");
    await user.click(within(dialog).getByRole("checkbox", { name: /^Everybody/ }));
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await waitFor(() => expect(address.view).toBe(week.id));
    expect(sent).toEqual([
      { name: "This week", search: "range=this_week&compare=previous_week", is_shared: true },
    ]);
  });

  it("say when something else is looked at, and take it over or not", async () => {
    tell(dashboard, [week]);
    const sent: unknown[] = [];
    network.use(
      http.put(`${PATH}/views/${week.id}`, async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(week);
      }),
    );
    const { user } = show(<Page start={{ range: "today", view: week.id }} />);
    await user.click(await screen.findByRole("button", { name: "Saved views: This week, changed" }));
    await user.click(await screen.findByRole("menuitem", { name: "Save the changes" }));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent).toEqual([
      { name: "This week", search: "range=today", is_shared: true },
      { name: "This week", search: week.search, is_shared: true },
    ]);
  });

  it("are deleted at once and brought back by a press", async () => {
    tell(dashboard, [week]);
    const done: string[] = [];
    network.use(
      http.delete(`${PATH}/views/${week.id}`, () => {
        done.push("deleted");
        return new HttpResponse(null, { status: 204 });
      }),
      http.post(`${PATH}/views`, async ({ request }) => {
        done.push(((await request.json()) as SavedView).name);
        return HttpResponse.json({ ...week, id: "0192a000-0000-7000-8000-000000000e02" }, { status: 201 });
      }),
    );
    const { user } = show(<Page start={{ range: "this_week", compare: "previous_week", view: week.id }} />);
    await user.click(await screen.findByRole("button", { name: "Saved views: This week" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete “This week”" }));
    await waitFor(() => expect(address.view).toBeUndefined());
    expect(address.range).toBe("this_week");
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(address.view).toBe("0192a000-0000-7000-8000-000000000e02"));
    expect(done).toEqual(["deleted", "This week"]);
  });

  it("of others are not to be changed by who does not edit", async () => {
    const theirs = { ...week, is_own: false };
    tell(dashboardOf(dashboard.document, { may: { edit: false, delete: false, share: false } }), [theirs]);
    const { user } = show(<Page start={{ range: "today", view: week.id }} />);
    await user.click(await screen.findByRole("button", { name: /^Saved views: This week/ }));
    const entries = (await screen.findAllByRole("menuitem")).map((entry) => entry.textContent.trim());
    expect(entries).toEqual(["Save as a view…", "As the dashboard is"]);
  });
});

describe("what happened", () => {
  const sale: Annotation = {
    id: "0192a000-0000-7000-8000-000000000f01",
    automatic: false,
    kind: "sale",
    store_id: eu.id,
    title: "Autumn sale",
    body: "20 % off",
    first_day: "2026-11-02",
    last_day: "2026-11-08",
    created_by: { id: "x", name: "Kim" },
  };
  const gap: Annotation = {
    automatic: true,
    kind: "sync_gap",
    store_id: store.id,
    title: "Shopify was not read",
    body: "",
    first_day: "2026-11-10",
    last_day: "2026-11-10",
  };

  it("is listed, and what was found by itself is not to be changed", async () => {
    tell(dashboard, [], [sale, gap]);
    show(<Page start={{ show: "annotations" }} />);
    const dialog = await screen.findByRole("dialog", { name: "What happened" });
    const rows = await within(dialog).findAllByRole("listitem");
    expect(rows[0]).toHaveTextContent(/Autumn saleSale.*Nov 2.*8, 2026 · Southwind · Kim.*20 % off/);
    expect(rows[1]).toHaveTextContent(/Source not read.*Northwind · found by Aloftly/);
    expect(within(dialog).getAllByRole("button", { name: /^Change/ })).toHaveLength(1);
  });

  it("is noted down for all stores or one", async () => {
    tell();
    let sent: unknown;
    network.use(
      http.post("/api/annotations", async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(sale, { status: 201 });
      }),
    );
    const { user } = show(<Page start={{ show: "annotations" }} />);
    const dialog = await screen.findByRole("dialog", { name: "What happened" });
    await user.click(within(dialog).getByRole("button", { name: "Note something down" }));
    await user.click(within(dialog).getByRole("button", { name: "Add" }));
    expect(within(dialog).getByText("Say what happened.")).toBeVisible();
    await user.type(within(dialog).getByLabelText("What happened"), "Test deployed");
    await user.selectOptions(within(dialog).getByLabelText("Kind"), "Test");
    await user.selectOptions(within(dialog).getByLabelText("Store"), "Southwind");
    const last = within(dialog).getByLabelText("Last day");
    await user.clear(last);
    await user.type(last, "2026-11-01");
    expect(within(dialog).getByText("The last day must not be before the first.")).toBeVisible();
    await user.clear(last);
    await user.type(last, "2026-11-20");
    await user.click(within(dialog).getByRole("button", { name: "Add" }));
    await waitFor(() =>
      expect(sent).toEqual({
        workspace_id: store.workspace.id,
        store_id: eu.id,
        kind: "test",
        title: "Test deployed",
        body: "",
        first_day: "2026-11-20",
        last_day: "2026-11-20",
      }),
    );
    expect(await within(dialog).findByRole("button", { name: "Note something down" })).toBeVisible();
  });

  it("is deleted at once and put back by a press", async () => {
    tell(dashboard, [], [sale]);
    const done: unknown[] = [];
    network.use(
      http.delete(`/api/annotations/${sale.id ?? ""}`, () => {
        done.push("deleted");
        return new HttpResponse(null, { status: 204 });
      }),
      http.post("/api/annotations", async ({ request }) => {
        done.push(await request.json());
        return HttpResponse.json(sale, { status: 201 });
      }),
    );
    const { user } = show(<Page start={{ show: "annotations" }} />);
    await user.click(await screen.findByRole("button", { name: "Delete “Autumn sale”" }));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(done).toHaveLength(2));
    expect(done[1]).toMatchObject({
      title: "Autumn sale",
      kind: "sale",
      store_id: eu.id,
      first_day: "2026-11-02",
    });
  });
});

describe("history", () => {
  const kim = { id: "x", name: "Kim" };
  const revisions = [
    {
      id: "rev-4",
      revision: 4,
      name: "Every morning",
      begun_at: "2026-11-20T07:55:00Z",
      saved_at: "2026-11-20T08:00:00Z",
      saved_by: kim,
    },
    {
      id: "rev-2",
      revision: 2,
      name: "Mornings",
      begun_at: "2026-11-18T07:55:00Z",
      saved_at: "2026-11-18T08:00:00Z",
    },
  ];

  it("shows what the dashboard was, and brings it back over what was seen", async () => {
    tell();
    const before = documentOf([sectionOf("sales0", [widgetOf("older0", { text: "Older words." })])]);
    let sent: unknown;
    let ifMatch: string | null = null;
    network.use(
      http.get("/api/dashboards", () => HttpResponse.json({ dashboards: [] })),
      http.get(`${PATH}/history`, () => HttpResponse.json({ revisions })),
      http.get(`${PATH}/history/:id`, ({ params }) => {
        const revision = revisions.find(({ id }) => id === params.id);
        return HttpResponse.json({
          ...revision,
          document: params.id === "rev-2" ? before : dashboard.document,
        });
      }),
      http.post(`${PATH}/restore`, async ({ request }) => {
        sent = await request.json();
        ifMatch = request.headers.get("if-match");
        return HttpResponse.json(dashboardOf(before, { revision: 5, name: "Mornings" }));
      }),
    );
    const { user } = show(<Page start={{ show: "history" }} />);
    const dialog = await screen.findByRole("dialog", { name: "History of Every morning" });
    expect(await within(dialog).findByRole("button", { name: /Kim · as it is now/ })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    expect(within(dialog).queryByRole("button", { name: "Bring this back" })).not.toBeInTheDocument();
    await user.click(within(dialog).getByRole("button", { name: /Somebody who left/ }));
    expect(await within(dialog).findByText("Older words.")).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Bring this back" }));
    expect(await screen.findByRole("heading", { name: "Mornings", level: 1 })).toBeVisible();
    expect(sent).toEqual({ revision_id: "rev-2" });
    expect(ifMatch).toBe('"r4"');
    expect(address.show).toBeUndefined();
  });

  it("brings nothing back over what somebody has just changed", async () => {
    tell();
    network.use(
      http.get(`${PATH}/history`, () => HttpResponse.json({ revisions })),
      http.get(`${PATH}/history/:id`, () =>
        HttpResponse.json({ ...revisions[1], document: dashboard.document }),
      ),
      http.post(`${PATH}/restore`, () => problem(412, "stale", { detail: "somebody changed it" })),
    );
    const { user } = show(<Page start={{ show: "history" }} />);
    await user.click(await screen.findByRole("button", { name: /Somebody who left/ }));
    await user.click(await screen.findByRole("button", { name: "Bring this back" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Somebody changed it.");
  });
});

it("is kept as a template", async () => {
  tell();
  let sent: unknown;
  network.use(
    http.post("/api/templates", async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({}, { status: 201 });
    }),
  );
  const { user } = show(<Page />);
  await user.click(await screen.findByRole("button", { name: "What to do with Every morning" }));
  await user.click(await screen.findByRole("menuitem", { name: "Keep as a template…" }));
  const dialog = await screen.findByRole("dialog", { name: "Keep as a template" });
  await user.type(within(dialog).getByLabelText("What it is good for"), "Mornings");
  await user.click(within(dialog).getByRole("button", { name: "Keep it" }));
  expect((await screen.findAllByText("“Every morning” is a template now"))[0]).toBeVisible();
  expect(sent).toEqual({ name: "Every morning", description: "Mornings", dashboard_id: dashboard.id });
});
