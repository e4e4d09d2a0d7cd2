import { act, configure, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { useEffect, useState } from "react";
import { CommandCenter } from "@/components/command/command-center";
import type { Store } from "@/lib/api/types";
import type { Dashboard, DashboardChange } from "@/lib/dashboards/document";
import type { DashboardSearch } from "@/lib/dashboards/view";
import { answerBatches } from "@/test/batches";
import { dashboardOf, documentOf, figureOf, sectionOf, tellRegistry, widgetOf } from "@/test/dashboards";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { metricResponse, store } from "@/test/responses";
import { DashboardPage } from "../dashboard-page";
import type { LeaveGuardProps } from "../guard";

const start = dashboardOf(
  documentOf([
    sectionOf("sales0", [widgetOf("alpha0"), widgetOf("beta00"), widgetOf("gamma0")], { title: "Sales" }),
    sectionOf("visits", [widgetOf("delta0")], { columns: 1 }),
  ]),
);
const PATH = `/api/dashboards/${start.id}`;

let kept: Dashboard = start;
let saves: { change: DashboardChange; ifMatch: string | null }[] = [];
let address: DashboardSearch = {};
let guard: LeaveGuardProps | null = null;
const opened: [string, boolean | undefined][] = [];

/** Keeps one dashboard, as the server does: only over what was seen. */
function keep(dashboard: Dashboard) {
  kept = dashboard;
  saves = [];
  answerBatches(({ metrics }) => metricResponse(typeof metrics?.[0] === "string" ? metrics[0] : "figure"));
  network.use(
    http.get(PATH, () => HttpResponse.json(kept)),
    http.put(PATH, async ({ request }) => {
      const change = (await request.json()) as DashboardChange;
      const ifMatch = request.headers.get("if-match");
      saves.push({ change, ifMatch });
      if (ifMatch !== "*" && ifMatch !== `"r${kept.revision}"`) return problem(412, "stale");
      kept = { ...kept, ...change, revision: kept.revision + 1 };
      return HttpResponse.json(kept);
    }),
    http.get("/api/dashboards", () => HttpResponse.json({ dashboards: [] })),
    http.get(`${PATH}/views`, () => HttpResponse.json({ views: [] })),
    http.get("/api/annotations", () => HttpResponse.json({ annotations: [] })),
  );
}

/** The ids of the widgets that the server keeps, section by section. */
function keptIds(): string[][] {
  return kept.document.sections.map(({ widgets }) => widgets.map(({ id }) => id));
}

function Guard(props: LeaveGuardProps) {
  useEffect(() => {
    guard = props;
  });
  return null;
}

function Page({ from, stores }: { from: DashboardSearch; stores: Store[] }) {
  const [search, setSearch] = useState<DashboardSearch>(from);
  useEffect(() => {
    address = search;
  }, [search]);
  return (
    <CommandCenter>
      <DashboardPage
        id={start.id}
        stores={stores}
        search={search}
        onSearch={(change) => setSearch((now) => ({ ...now, ...change }))}
        onOpen={(id, edit) => opened.push([id, edit])}
        onList={() => undefined}
        Guard={Guard}
      />
    </CommandCenter>
  );
}

async function editing(dashboard: Dashboard = start, from: DashboardSearch = {}, stores = [store]) {
  keep(dashboard);
  tellRegistry();
  const shown = show(<Page from={{ edit: true, ...from }} stores={stores} />);
  await screen.findByRole("group", { name: "Changing the dashboard" });
  return shown;
}

async function saved(count = 1) {
  await waitFor(() => expect(saves.length).toBeGreaterThanOrEqual(count));
  await screen.findByText("Saved");
}

// A change is saved a moment after it was made, and some tests wait for several.
vi.setConfig({ testTimeout: 30_000 });
// Parts of the editor are loaded when they are wanted first, which takes a while on a busy machine.
configure({ asyncUtilTimeout: 8000 });

beforeEach(() => {
  opened.length = 0;
  guard = null;
});

// What is not saved yet would be saved in the next test.
afterEach(async () => {
  await act(async () => {
    await guard?.settle();
  });
});

describe("what is changed", () => {
  it("is seen at once and saved by itself, over what was seen", async () => {
    const { user } = await editing();
    const name = screen.getByLabelText("Name of the dashboard");
    await user.clear(name);
    await user.type(name, "Mornings{Enter}");
    await saved();
    expect(saves.map(({ change, ifMatch }) => [change.name, ifMatch])).toEqual([["Mornings", '"r4"']]);
  });

  it("is never left without a name", async () => {
    const { user } = await editing();
    const name = screen.getByLabelText("Name of the dashboard");
    await user.clear(name);
    await user.tab();
    expect(guard?.isUnsaved()).toBe(false);
    await user.type(name, "{Escape}");
    expect(name).toHaveValue("Every morning");
  });

  it("is kept while it is typed, so that nothing is lost by leaving, and is undone in one step", async () => {
    const { user } = await editing();
    const name = screen.getByLabelText("Name of the dashboard");
    await user.type(name, " at nine ");
    expect(name).toHaveFocus();
    expect(name).toHaveValue("Every morning at nine ");
    expect(guard?.isUnsaved()).toBe(true);
    const second = screen.getByRole("group", { name: "section 2" });
    await user.type(within(second).getByLabelText("Title of the section"), "Visits");
    expect(name).toHaveValue("Every morning at nine");
    expect(await act(async () => guard?.settle())).toBe(true);
    expect(kept.name).toBe("Every morning at nine");
    expect(kept.document.sections[1]?.title).toBe("Visits");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(screen.getByRole("group", { name: "section 2" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(name).toHaveValue("Every morning");
    expect(screen.getByRole("button", { name: "Undo" })).toBeDisabled();
  });

  it("is as it was where what is typed is given up, or the name is taken away letter by letter", async () => {
    const { user } = await editing();
    const name = screen.getByLabelText("Name of the dashboard");
    await user.type(name, " at nine");
    await user.keyboard("{Escape}");
    expect(name).toHaveValue("Every morning");
    await user.keyboard("{Backspace>13/}");
    expect(name).toHaveValue("");
    expect(guard?.isUnsaved()).toBe(false);
    await user.tab();
    expect(name).toHaveValue("Every morning");
  });

  it("is undone and done again by keys and by buttons", async () => {
    const { user } = await editing();
    await user.click(screen.getByRole("button", { name: "Section" }));
    expect(screen.getByRole("group", { name: "section 3" })).toBeVisible();
    await user.keyboard("{Control>}z{/Control}");
    expect(screen.queryByRole("group", { name: "section 3" })).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Undo" })).toBeDisabled();
    await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
    expect(screen.getByRole("group", { name: "section 3" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await user.click(screen.getByRole("button", { name: "Redo" }));
    expect(screen.getByRole("group", { name: "section 3" })).toBeVisible();
  });

  it("is moved by the menu, also into another section, and goes on from its handle", async () => {
    const { user } = await editing();
    await user.click(screen.getByRole("button", { name: "More for alpha0" }));
    await user.click(await screen.findByRole("menuitem", { name: "Move back" }));
    await waitFor(() => expect(screen.getByRole("button", { name: "Move alpha0" })).toHaveFocus());
    await user.click(screen.getByRole("button", { name: "More for gamma0" }));
    await user.click(await screen.findByRole("menuitem", { name: "Move to section 2" }));
    await waitFor(() => expect(screen.getByRole("button", { name: "Move gamma0" })).toHaveFocus());
    await saved();
    await waitFor(() =>
      expect(keptIds()).toEqual([
        ["beta00", "alpha0"],
        ["delta0", "gamma0"],
      ]),
    );
  });

  it("is made larger, doubled and taken away, which a press takes back", async () => {
    const { user } = await editing();
    await user.click(screen.getByRole("button", { name: "More for beta00" }));
    await user.click(await screen.findByRole("menuitemradio", { name: "Full width" }));
    await user.click(screen.getByRole("button", { name: "More for beta00" }));
    await user.click(await screen.findByRole("menuitem", { name: "Duplicate" }));
    expect(screen.getAllByRole("button", { name: "Change beta00" })).toHaveLength(2);
    await user.click(screen.getByRole("button", { name: "More for alpha0" }));
    await user.click(await screen.findByRole("menuitem", { name: "Remove" }));
    expect(screen.queryByRole("button", { name: "Change alpha0" })).not.toBeInTheDocument();
    const toast = (await screen.findByText("alpha0 is removed")).closest("li") ?? document.body;
    await user.click(within(toast).getByRole("button", { name: "Undo" }));
    await saved();
    await waitFor(() => expect(kept.document.sections[0]?.widgets).toHaveLength(4));
    expect(kept.document.sections[0]?.widgets.map(({ size }) => size)).toEqual([
      "medium",
      "full",
      "full",
      "medium",
    ]);
  });

  it("is brought back after it was removed, and what was changed since stays", async () => {
    const { user } = await editing();
    await user.click(screen.getByRole("button", { name: "More for alpha0" }));
    await user.click(await screen.findByRole("menuitem", { name: "Remove" }));
    const alpha = (await screen.findByText("alpha0 is removed")).closest("li") ?? document.body;
    await user.click(screen.getByRole("button", { name: "More for Sales" }));
    await user.click(await screen.findByRole("menuitem", { name: "Remove" }));
    const sales = (await screen.findByText("Sales is removed")).closest("li") ?? document.body;
    await user.type(screen.getByLabelText("Name of the dashboard"), " at nine");
    await user.click(within(sales).getByRole("button", { name: "Undo" }));
    await user.click(within(alpha).getByRole("button", { name: "Undo" }));
    await act(async () => guard?.settle());
    expect(kept.name).toBe("Every morning at nine");
    expect(kept.document).toEqual(start.document);
  });

  it("has sections with titles and columns, which are moved and closed at first", async () => {
    const { user } = await editing();
    const sales = screen.getByRole("group", { name: "Sales" });
    await user.click(within(sales).getByRole("radio", { name: "Three columns" }));
    await user.click(within(sales).getByRole("button", { name: "More for Sales" }));
    await user.click(await screen.findByRole("menuitem", { name: "Show it closed at first" }));
    const second = screen.getByRole("group", { name: "section 2" });
    await user.type(within(second).getByLabelText("Title of the section"), "Visits{Enter}");
    await user.click(screen.getByRole("button", { name: "More for Visits" }));
    await user.click(await screen.findByRole("menuitem", { name: "Move up" }));
    await saved();
    await waitFor(() =>
      expect(
        kept.document.sections.map(({ title, columns, collapsed }) => [title, columns, collapsed]),
      ).toEqual([
        ["Visits", 1, false],
        ["Sales", 3, true],
      ]),
    );
  });

  it("opens in no currency that nobody chose", async () => {
    const { user } = await editing(start, { range: "yesterday" }, [
      store,
      { ...store, id: "0192a000-0000-7000-8000-000000000002", name: "Southwind", currency: "EUR" },
    ]);
    expect(screen.getByRole("button", { name: "Stores: All 2 stores, amounts in EUR" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Settings of the dashboard" }));
    const dialog = await screen.findByRole("dialog", { name: "Settings of the dashboard" });
    const takes = within(dialog).getByRole("checkbox", { name: "Have it open as it is looked at now" });
    expect(takes).toHaveAccessibleDescription("Yesterday, previous period, All 2 stores");
    await user.click(takes);
    await user.click(within(dialog).getByRole("button", { name: "Apply" }));
    await saved();
    expect(kept.document.settings).toMatchObject({ range: "yesterday", currency: null });
  });

  it("has a name, a purpose and a view to begin with", async () => {
    const { user } = await editing(start, {
      range: "yesterday",
      compare: "none",
      f: [["country", "in", "US"]],
    });
    await user.click(screen.getByRole("button", { name: "Settings of the dashboard" }));
    const dialog = await screen.findByRole("dialog", { name: "Settings of the dashboard" });
    await user.type(within(dialog).getByLabelText("What it is for"), "With coffee");
    await user.click(within(dialog).getByRole("checkbox", { name: "Have it open as it is looked at now" }));
    await user.click(within(dialog).getByRole("button", { name: "Apply" }));
    await saved();
    expect(kept.description).toBe("With coffee");
    expect(kept.document.settings).toEqual({
      range: "yesterday",
      compare: "none",
      stores: null,
      currency: null,
      filters: [{ dimension: "country", operator: "in", values: ["US"] }],
    });
  });
});

describe("by keys alone", () => {
  /** Puts everything that can be dragged or dropped on below one another, as they are in the page. */
  function lay() {
    vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
      const places = [...document.querySelectorAll("[data-handle]")].map(
        (handle) => handle.closest("[data-widget]")?.firstElementChild ?? handle.closest('[role="group"]'),
      );
      const ends = [...document.querySelectorAll('[aria-label^="Add a widget to"]')].map(
        (button) => button.parentElement,
      );
      const all = [...places, ...ends].filter((place) => place !== null);
      all.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
      // What is drawn under the pointer begins where what was picked up is.
      const overlay = this.parentElement?.style;
      if (overlay?.position === "fixed") return new DOMRect(0, Number.parseFloat(overlay.top), 100, 40);
      const at = all.indexOf(this);
      return new DOMRect(0, at < 0 ? 0 : at * 100, 100, 80);
    });
  }
  afterEach(() => void vi.restoreAllMocks());

  /** The sensor listens to the keys of the page a moment after something was picked up. */
  const pause = () => act(() => new Promise((resolve) => setTimeout(resolve, 20)));
  const said = () => document.querySelector('[id^="DndLiveRegion"]')?.textContent;

  async function press(code: string) {
    fireEvent.keyDown(document.activeElement ?? document.body, { code, key: code });
    await pause();
  }

  it("a widget is picked up, moved into another section and put down, and each step is said", async () => {
    const { user } = await editing();
    lay();
    const handle = screen.getByRole("button", { name: "Move beta00" });
    expect(handle).toHaveAccessibleDescription(/^Press Space or Enter to pick it up/);
    handle.focus();
    await press("Space");
    expect(said()).toBe("Picked up beta00, 2 of 3 in Sales.");
    await press("ArrowDown");
    expect(said()).toBe("beta00 would be 3 of 3 in Sales.");
    await press("ArrowDown");
    await press("ArrowDown");
    expect(said()).toBe("beta00 would be 1 of 2 in section 2.");
    await press("Space");
    expect(said()).toBe("beta00 is now 1 of 2 in section 2.");
    await waitFor(() => expect(screen.getByRole("button", { name: "Move beta00" })).toHaveFocus());
    await saved();
    expect(keptIds()).toEqual([
      ["alpha0", "gamma0"],
      ["beta00", "delta0"],
    ]);
    await user.keyboard("{Control>}z{/Control}");
    await saved(2);
    await waitFor(() => expect(keptIds()).toEqual([["alpha0", "beta00", "gamma0"], ["delta0"]]));
  });

  it("Escape leaves it where it was", async () => {
    await editing();
    lay();
    screen.getByRole("button", { name: "Move gamma0" }).focus();
    await press("Enter");
    await press("ArrowUp");
    await press("ArrowUp");
    expect(said()).toBe("gamma0 would be 1 of 3 in Sales.");
    await press("Escape");
    expect(said()).toBe("gamma0 stays 3 of 3 in Sales.");
    expect(guard?.isUnsaved()).toBe(false);
  });

  it("a section goes past others", async () => {
    await editing();
    lay();
    screen.getByRole("button", { name: "Move Sales" }).focus();
    await press("Space");
    expect(said()).toBe("Picked up Sales, 1 of 2.");
    await press("ArrowDown");
    await press("Space");
    await saved();
    expect(kept.document.sections.map(({ id }) => id)).toEqual(["visits", "sales0"]);
  });
});

describe("the picker", () => {
  it("finds a figure, shows it with its own numbers, and adds it where it was asked for", async () => {
    const { user } = await editing();
    await user.click(screen.getByRole("button", { name: "Add a widget to Sales" }));
    const dialog = await screen.findByRole("dialog", { name: "Add a widget" });
    const field = within(dialog).getByRole("combobox", { name: "Search" });
    expect(field).toHaveFocus();
    await user.type(field, "aver");
    const list = within(dialog).getByRole("listbox");
    const options = within(list).getAllByRole("option");
    expect(options.map((option) => option.textContent)).toEqual(["Average order value"]);
    await user.click(within(dialog).getByRole("radio", { name: "Line" }));
    const preview = within(dialog).getByRole("region", { name: "Preview" });
    expect(await within(preview).findByRole("region", { name: "Average order value" })).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Add to Sales" }));
    await waitFor(() =>
      expect(screen.getByRole("button", { name: "Move Average order value" })).toHaveFocus(),
    );
    await saved();
    expect(kept.document.sections[0]?.widgets.at(-1)).toMatchObject({
      kind: "line",
      size: "large",
      query: { metrics: ["shopify.aov"], granularity: "auto" },
    });
  });

  it("adds by Enter, and offers for each figure only what can show it", async () => {
    const { user } = await editing();
    await user.keyboard("a");
    const dialog = await screen.findByRole("dialog", { name: "Add a widget" });
    await user.selectOptions(within(dialog).getByLabelText("Source"), "Google Analytics");
    await user.type(within(dialog).getByRole("combobox", { name: "Search" }), "sess");
    const kinds = within(dialog).getByRole("radiogroup", { name: "Shown as" });
    expect(within(kinds).queryByRole("radio", { name: /Heat/ })).not.toBeInTheDocument();
    await user.keyboard("{Enter}");
    await saved();
    expect(kept.document.sections[1]?.widgets.at(-1)).toMatchObject({
      kind: "kpi",
      query: { metrics: ["ga4.sessions"] },
    });
  });

  it("goes on with the panel where a widget says little by itself", async () => {
    const { user } = await editing();
    await user.click(screen.getByRole("button", { name: "Widget" }));
    const dialog = await screen.findByRole("dialog", { name: "Add a widget" });
    await user.type(within(dialog).getByRole("combobox", { name: "Search" }), "markdown{Enter}");
    const panel = await screen.findByRole("complementary", { name: "Widget" });
    const text = within(panel).getByRole("textbox", { name: "Text" });
    await user.clear(text);
    await user.type(text, "Look at **this**");
    expect(await screen.findByText("this")).toBeVisible();
    await saved();
    await waitFor(() =>
      expect(kept.document.sections[1]?.widgets.at(-1)).toMatchObject({ text: "Look at **this**" }),
    );
  });

  it("begins an empty page", async () => {
    const { user } = await editing(dashboardOf(documentOf([])));
    await user.click(screen.getByRole("button", { name: "Add a widget" }));
    const dialog = await screen.findByRole("dialog", { name: "Add a widget" });
    await user.type(within(dialog).getByRole("combobox", { name: "Search" }), "orders{Enter}");
    await saved();
    expect(kept.document.sections).toMatchObject([
      { columns: 2, widgets: [{ kind: "kpi", query: { metrics: ["shopify.orders"] } }] },
    ]);
  });
});

describe("the panel", () => {
  const figures = dashboardOf(
    documentOf([
      sectionOf("sales0", [
        figureOf("figure"),
        figureOf("tables", "shopify.revenue", {
          kind: "table",
          size: "large",
          query: { metrics: ["shopify.revenue", "shopify.orders"], group_by: ["country"], limit: 100 },
        }),
      ]),
    ]),
  );
  const widget = (index: number) => kept.document.sections[0]?.widgets[index];

  it("changes what is asked, and is closed and found again", async () => {
    const { user } = await editing(figures);
    await user.click(await screen.findByRole("button", { name: "Change Revenue" }));
    const panel = await screen.findByRole("complementary", { name: "Widget" });
    expect(address.widget).toBe("figure");
    await user.selectOptions(within(panel).getByLabelText("Shown as"), "Bars");
    await user.selectOptions(within(panel).getByLabelText("Cut by"), "Country");
    await user.selectOptions(within(panel).getByLabelText("Days"), "Last 7 days");
    await user.selectOptions(within(panel).getByLabelText("Compared with"), "No comparison");
    await saved();
    await waitFor(() =>
      expect(widget(0)).toMatchObject({
        kind: "bar",
        size: "medium",
        query: { metrics: ["shopify.revenue"], group_by: ["country"], top: { groups: 10 } },
        own: { range: "last_7_days", compare: "none", stores: null, filters: "add" },
      }),
    );
    await user.click(within(panel).getByRole("button", { name: "Close the panel" }));
    await waitFor(() => expect(screen.queryByRole("complementary")).not.toBeInTheDocument());
    expect(address.widget).toBeUndefined();
    expect(screen.getByRole("button", { name: "Change Revenue by country" })).toHaveFocus();
  });

  it("is closed by Escape, unless that is for a text", async () => {
    const { user } = await editing(figures, { widget: "figure" });
    const panel = await screen.findByRole("complementary", { name: "Widget" });
    await user.click(within(panel).getByRole("tab", { name: "Display" }));
    await user.type(within(panel).getByLabelText("Title"), "{Escape}");
    expect(panel).toBeVisible();
    within(panel).getByRole("tab", { name: "Display" }).focus();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("complementary")).not.toBeInTheDocument());
    expect(screen.getByRole("button", { name: "Change Revenue" })).toHaveFocus();
  });

  it("is opened by its address, and not for what is gone", async () => {
    const { unmount } = await editing(figures, { widget: "tables" });
    const panel = await screen.findByRole("complementary", { name: "Widget" });
    expect(within(panel).getByRole("heading")).toHaveFocus();
    unmount();
    await editing(figures, { widget: "gone00" });
    await waitFor(() => expect(address.widget).toBeUndefined());
    expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
  });

  it("leaves the focus in the field in which one types when what was typed is saved", async () => {
    const { user } = await editing(figures, { widget: "figure" });
    const panel = await screen.findByRole("complementary", { name: "Widget" });
    await user.click(within(panel).getByRole("tab", { name: "Display" }));
    const title = within(panel).getByLabelText("Title");
    await user.type(title, "Sold");
    await saved();
    expect(title).toHaveFocus();
    await user.keyboard(" today");
    await saved(2);
    await waitFor(() => expect(widget(0)?.title).toBe("Sold today"));
  });

  it("adds figures and takes them away, with what is asked of them", async () => {
    const { user } = await editing(figures, { widget: "tables" });
    const panel = await screen.findByRole("complementary", { name: "Widget" });
    await user.click(within(panel).getByRole("button", { name: "One more" }));
    const choice = await screen.findByRole("dialog", { name: "Figures" });
    await user.type(within(choice).getByRole("combobox"), "bounce{Enter}");
    // What it is cut by, the bounce rate cannot be cut by.
    await saved();
    await waitFor(() =>
      expect(widget(1)?.query).toEqual({
        metrics: ["shopify.revenue", "shopify.orders", "ga4.bounce_rate"],
        limit: 100,
      }),
    );
    await user.click(within(panel).getByRole("button", { name: "Without Orders" }));
    await waitFor(() => expect(widget(1)?.query?.metrics).toEqual(["shopify.revenue", "ga4.bounce_rate"]));
  });

  it("has days of its own, which are typed digit by digit and undone in one step", async () => {
    const { user } = await editing(figures, { widget: "figure" });
    const panel = await screen.findByRole("complementary", { name: "Widget" });
    await user.selectOptions(within(panel).getByLabelText("Days"), "From … to …");
    const from = within(panel).getByLabelText("From");
    expect(from).toHaveValue("2026-10-22");
    from.focus();
    // A browser tells the day after each digit of the year.
    for (const year of ["0002", "0020", "0202"]) {
      fireEvent.change(from, { target: { value: `${year}-09-01` } });
      expect(within(panel).getByText("A day from 1970 to 2199.")).toBeVisible();
    }
    fireEvent.change(from, { target: { value: "2026-09-01" } });
    fireEvent.change(from, { target: { value: "2026-09-02" } });
    expect(from).toBeInTheDocument();
    expect(from).toHaveFocus();
    await saved();
    await waitFor(() => expect(widget(0)?.own.range).toBe("2026-09-02..2026-11-20"));
    expect(from).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(from).toHaveValue("2026-10-22");
  });

  it("says which of the dashboard's filters do not hold, and lets them all go", async () => {
    const { user } = await editing(figures, { widget: "figure", f: [["device", "in", "mobile"]] });
    const panel = await screen.findByRole("complementary", { name: "Widget" });
    await user.click(within(panel).getByRole("tab", { name: "Filters" }));
    const own = within(panel).getByRole("checkbox", { name: "The dashboard’s filters hold here, too" });
    expect(own).toHaveAccessibleDescription(
      "Not all of its figures can be filtered by this: Device is mobile",
    );
    await user.click(own);
    await saved();
    expect(widget(0)?.own.filters).toBe("ignore");
  });

  it("draws as it is told, and judges values by rules", async () => {
    const { user } = await editing(figures, { widget: "figure" });
    const panel = await screen.findByRole("complementary", { name: "Widget" });
    await user.click(within(panel).getByRole("tab", { name: "Display" }));
    await user.type(within(panel).getByLabelText("Title"), "Sold");
    await user.selectOptions(within(panel).getByLabelText("Numbers"), "exact");
    await user.click(within(panel).getByRole("checkbox", { name: "A line below the figure" }));
    await user.click(within(panel).getByRole("button", { name: "A rule" }));
    const rule = within(panel).getByRole("group", { name: "Rule 1" });
    await user.selectOptions(within(rule).getByLabelText("When"), "Up to");
    const value = within(rule).getByLabelText("Value");
    await user.clear(value);
    expect(within(rule).getByText("A number, with a point before decimals.")).toBeVisible();
    await user.type(value, "1000.50");
    await user.selectOptions(within(rule).getByLabelText("It is"), "Bad");
    expect(await screen.findByRole("region", { name: "Sold" })).toBeVisible();
    await saved();
    await waitFor(() =>
      expect(widget(0)).toMatchObject({
        title: "Sold",
        display: {
          precision: "exact",
          sparkline: false,
          thresholds: [{ column: "shopify.revenue", operator: "lte", value: "1000.5", tone: "bad" }],
        },
      }),
    );
    // What was typed in one go is taken back in one go.
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(within(rule).getByLabelText("Value")).toHaveValue("0");
    await waitFor(() => expect(widget(0)?.display.thresholds?.[0]?.value).toBe("0"));
  });
});

describe("when it cannot be saved", () => {
  it("keeps what was changed, says so, and tries again", async () => {
    const { user } = await editing();
    network.use(http.put(PATH, () => problem(503, "unavailable"), { once: true }));
    await user.click(screen.getByRole("button", { name: "Section" }));
    expect(await screen.findByText("Not saved yet, and kept here")).toBeVisible();
    expect(guard?.isUnsaved()).toBe(true);
    await user.click(screen.getByRole("button", { name: "Try now" }));
    await saved();
    expect(kept.document.sections).toHaveLength(3);
  });

  it("says why the server does not take it", async () => {
    const { user } = await editing();
    network.use(http.put(PATH, () => problem(422, "invalid_request", { detail: "there is too much on it" })));
    await user.click(screen.getByRole("button", { name: "Section" }));
    expect(await screen.findByText("Not saved: There is too much on it.")).toBeVisible();
  });

  it("saves what is left before it is left", async () => {
    const { user } = await editing();
    await user.click(screen.getByRole("button", { name: "Section" }));
    expect(guard?.isUnsaved()).toBe(true);
    expect(await act(async () => guard?.settle())).toBe(true);
    expect(kept.document.sections).toHaveLength(3);
    await user.click(screen.getByRole("button", { name: "Done" }));
    expect(address.edit).toBeUndefined();
    await waitFor(() => expect(screen.getByRole("button", { name: "Edit" })).toHaveFocus());
  });
});

describe("when somebody else saves, too", () => {
  async function clash() {
    const shown = await editing();
    kept = {
      ...kept,
      name: "Theirs",
      revision: 5,
      updated_by: { id: "x", name: "Robin" },
      updated_at: "2026-11-21T11:58:00Z",
    };
    await shown.user.click(screen.getByRole("button", { name: "Section" }));
    const dialog = await screen.findByRole("dialog", { name: "Robin changed it, too" });
    return { ...shown, dialog };
  }

  it("asks, and puts one's own over it", async () => {
    const { user, dialog } = await clash();
    expect(dialog).toHaveTextContent("Robin saved this dashboard 2 minutes ago");
    await user.keyboard("{Escape}");
    expect(dialog).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Keep mine" }));
    await waitFor(() => expect(kept).toMatchObject({ name: "Every morning", revision: 6 }));
    expect(kept.document.sections).toHaveLength(3);
    expect(saves.at(-1)?.ifMatch).toBe('"r5"');
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });

  it("takes theirs, and one's own is still there to be brought back", async () => {
    const { user, dialog } = await clash();
    await user.click(within(dialog).getByRole("button", { name: "Take theirs" }));
    expect(screen.getByLabelText("Name of the dashboard")).toHaveValue("Theirs");
    expect(screen.queryByRole("group", { name: "section 3" })).not.toBeInTheDocument();
    expect(kept.revision).toBe(5);
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(screen.getByRole("group", { name: "section 3" })).toBeVisible();
    await waitFor(() => expect(kept).toMatchObject({ name: "Every morning", revision: 6 }));
  });

  it("keeps both", async () => {
    const { user, dialog } = await clash();
    let sent: unknown;
    network.use(
      http.post("/api/dashboards", async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(dashboardOf(documentOf([]), { id: "the-copy" }), { status: 201 });
      }),
    );
    await user.click(within(dialog).getByRole("button", { name: /^Keep mine as a copy/ }));
    await waitFor(() => expect(opened).toEqual([["the-copy", true]]));
    expect(sent).toMatchObject({
      name: "Copy of Every morning",
      visibility: "private",
      workspace_id: store.workspace.id,
    });
    expect((sent as Dashboard).document.sections).toHaveLength(3);
    expect(kept).toMatchObject({ name: "Theirs", revision: 5 });
  });
});
