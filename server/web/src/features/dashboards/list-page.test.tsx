import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { useState } from "react";
import { CommandCenter } from "@/components/command/command-center";
import type { DashboardSummary } from "@/lib/api/types";
import { lastDashboard, rememberDashboard } from "@/lib/last-dashboard";
import { dashboardOf, documentOf } from "@/test/dashboards";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { listed, parseListSearch, type ListSearch } from "./list";
import { ListPage } from "./list-page";

const retail = { id: "0192a000-0000-7000-8000-0000000000a1", name: "Retail" };
const brands = { id: "0192a000-0000-7000-8000-0000000000a2", name: "Brands" };

function summary(name: string, parts: Partial<DashboardSummary> = {}): DashboardSummary {
  const { document, ...all } = dashboardOf(documentOf([]));
  return {
    ...all,
    widgets: document.sections.length,
    id: `id-of-${name}`,
    name,
    workspace_id: retail.id,
    ...parts,
  };
}

const morning = summary("Morning", {
  description: "Yesterday at a glance",
  updated_at: "2026-11-21T08:00:00Z",
});
const ads = summary("Advertising", { updated_at: "2026-11-01T08:00:00Z", widgets: 12, visibility: "public" });
const looks = summary("Looks", {
  workspace_id: brands.id,
  visibility: "private",
  updated_by: null,
  may: { edit: false, delete: false, share: false },
});

const opened: [string, boolean | undefined][] = [];

function Page({ start = {} }: { start?: ListSearch }) {
  const [search, setSearch] = useState(start);
  return (
    <CommandCenter>
      <ListPage
        session={sessionOf({ permissions: ["see_all_workspaces"] })}
        search={search}
        onSearch={(change) => setSearch({ ...search, ...change })}
        newLink={(children) => <a href="/dashboards/new">{children}</a>}
        onOpen={(id, edit) => opened.push([id, edit])}
        Link={({ id, children }) => <a href={`/dashboards/${id}`}>{children}</a>}
      />
    </CommandCenter>
  );
}

function tell(dashboards: DashboardSummary[]) {
  network.use(
    http.get("/api/dashboards", () => HttpResponse.json({ dashboards })),
    http.get("/api/workspaces", () => HttpResponse.json({ workspaces: [brands, retail] })),
  );
}

beforeEach(() => {
  opened.length = 0;
});

it("lists dashboards by workspace, with who sees them and who changed them last", async () => {
  tell([ads, looks, morning]);
  show(<Page />);
  const place = await screen.findByRole("region", { name: "Retail" });
  expect(
    within(place)
      .getAllByRole("link")
      .map((link) => link.textContent),
  ).toEqual(["Advertising", "Morning"]);
  const rows = within(place).getAllByRole("listitem");
  expect(rows[0]).toHaveTextContent("The workspace, and links");
  expect(rows[0]).toHaveTextContent("12 widgets");
  expect(rows[1]).toHaveTextContent(/Yesterday at a glance.*changed 4 hours ago by Kim/);
  const other = screen.getByRole("region", { name: "Brands" });
  expect(other).toHaveTextContent("Only you");
  expect(other).not.toHaveTextContent(" by ");
});

it("is searched from the keyboard, and narrowed to a workspace", async () => {
  tell([ads, looks, morning]);
  const { user } = show(<Page />);
  await screen.findByText("Looks");
  await user.keyboard("/");
  expect(screen.getByRole("searchbox", { name: "Search the dashboards" })).toHaveFocus();
  await user.keyboard("glance");
  expect(screen.getAllByRole("link", { name: /Morning|Looks|Advertising/ })).toHaveLength(1);
  await user.keyboard(" zzz");
  expect(screen.getByText("No dashboard is called that")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show all" }));
  await user.selectOptions(screen.getByLabelText("Workspace"), "Brands");
  expect(screen.queryByText("Morning")).not.toBeInTheDocument();
  expect(screen.getByText("Looks")).toBeVisible();
});

it("says what would be here where there is nothing, and how to begin", async () => {
  tell([]);
  show(<Page />);
  expect(await screen.findByText("There is no dashboard yet")).toBeVisible();
  expect(screen.getAllByRole("link", { name: "New dashboard" })).toHaveLength(1);
});

it("offers nothing that one may not do", async () => {
  tell([looks]);
  network.use(http.get("/api/members", () => HttpResponse.json({ members: [] })));
  show(
    <CommandCenter>
      <ListPage
        session={sessionOf({ role: "member", permissions: [] })}
        search={{}}
        onSearch={() => undefined}
        newLink={(children) => <a href="/dashboards/new">{children}</a>}
        onOpen={() => undefined}
        Link={({ id, children }) => <a href={`/dashboards/${id}`}>{children}</a>}
      />
    </CommandCenter>,
  );
  expect(await screen.findByText("Looks")).toBeVisible();
  await waitFor(() => expect(screen.queryByRole("link", { name: "New dashboard" })).not.toBeInTheDocument());
  expect(screen.queryByRole("button", { name: "What to do with Looks" })).not.toBeInTheDocument();
});

it("makes a copy, which no link shows", async () => {
  tell([ads]);
  let sent: unknown;
  network.use(
    http.post("/api/dashboards", async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json(dashboardOf(documentOf([]), { id: "the-copy", name: "Copy of Advertising" }), {
        status: 201,
      });
    }),
  );
  const { user } = show(<Page />);
  await user.click(await screen.findByRole("button", { name: "What to do with Advertising" }));
  await user.click(await screen.findByRole("menuitem", { name: "Duplicate" }));
  await user.click(await screen.findByRole("button", { name: "Open it" }));
  expect(sent).toEqual({
    workspace_id: retail.id,
    name: "Copy of Advertising",
    visibility: "workspace",
    copy_of: "id-of-Advertising",
  });
  expect(opened).toEqual([["the-copy", undefined]]);
});

it("says why a copy was not made", async () => {
  tell([ads]);
  network.use(
    http.post("/api/dashboards", () =>
      problem(402, "plan_limit", { detail: "the plan includes 3 dashboards" }),
    ),
  );
  const { user } = show(<Page />);
  await user.click(await screen.findByRole("button", { name: "What to do with Advertising" }));
  await user.click(await screen.findByRole("menuitem", { name: "Duplicate" }));
  expect((await screen.findAllByText("The plan includes 3 dashboards."))[0]).toBeVisible();
});

it("deletes once the name is typed, over what was seen, and forgets it", async () => {
  let there = [ads, morning];
  network.use(
    http.get("/api/dashboards", () => HttpResponse.json({ dashboards: there })),
    http.get("/api/workspaces", () => HttpResponse.json({ workspaces: [retail] })),
  );
  let ifMatch: string | null = null;
  network.use(
    http.delete("/api/dashboards/:id", ({ request }) => {
      ifMatch = request.headers.get("if-match");
      there = [morning];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  rememberDashboard(ads.id);
  const { user } = show(<Page />);
  await user.click(await screen.findByRole("button", { name: "What to do with Advertising" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete…" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete “Advertising”?" });
  const confirm = within(dialog).getByRole("button", { name: "Delete" });
  expect(confirm).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox"), "advertising");
  await user.click(confirm);
  await waitFor(() => expect(screen.queryByText("Advertising")).not.toBeInTheDocument());
  expect(ifMatch).toBe('"r4"');
  expect(lastDashboard()).toBeNull();
  expect(screen.getByRole("region", { name: "Dashboards" })).toHaveFocus();
});

it("does not delete what somebody has changed meanwhile", async () => {
  tell([ads]);
  network.use(
    http.delete("/api/dashboards/:id", () => problem(412, "stale", { detail: "somebody changed it" })),
  );
  const { user } = show(<Page />);
  await user.click(await screen.findByRole("button", { name: "What to do with Advertising" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete…" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByRole("textbox"), "Advertising");
  await user.click(within(dialog).getByRole("button", { name: "Delete" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("Somebody changed it.");
});

describe("the list of an address", () => {
  it("keeps what it understands", () => {
    expect(parseListSearch({ q: "a", workspace: "w", order: "changed", other: 1 })).toEqual({
      q: "a",
      workspace: "w",
      order: "changed",
    });
    expect(parseListSearch({ q: 2026, order: "name" })).toEqual({ q: "2026" });
  });

  it("is in the order that was asked for", () => {
    const names = (search: ListSearch) =>
      listed([morning, ads], [retail], search).flatMap(({ dashboards }) =>
        dashboards.map(({ name }) => name),
      );
    expect(names({})).toEqual(["Advertising", "Morning"]);
    expect(names({ order: "changed" })).toEqual(["Morning", "Advertising"]);
  });
});
