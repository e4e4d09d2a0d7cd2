import { screen, waitFor, within } from "@testing-library/react";
import { delay } from "msw";
import { vi } from "vitest";
import { answerOf, beside, count, group, money, share, time, withMeta } from "@/test/answers";
import { giveSize } from "@/test/layout";
import { show } from "@/test/render";
import { compared, metricResponse, warned } from "@/test/responses";
import { Answered, registry, widgetOf } from "@/test/widgets";
import { ApiError } from "@/lib/api/error";
import type { QueryRequest, QueryResponse, Registry } from "@/lib/api/types";
import type { Widget as WidgetOf } from "@/lib/dashboards/document";
import type { AxisMark, WidgetProps } from "./types";
import { Widget } from "./widget";

const REVENUE = "shopify.revenue";
const ORDERS = "shopify.orders";
const QUESTION: QueryRequest = { metrics: [REVENUE], time_range: "last_30_days", stores: ["s"] };
const OTHER: QueryRequest = { ...QUESTION, time_range: "yesterday" };

beforeEach(() => giveSize(600, 300));
afterEach(() => void vi.restoreAllMocks());

type Ask = (id: string, question: QueryRequest) => QueryResponse | Promise<QueryResponse>;

function widget(parts: Partial<WidgetOf>, answer: QueryResponse | Ask, more: Partial<WidgetProps> = {}) {
  return (
    <Answered ask={typeof answer === "function" ? answer : () => answer} registry={known}>
      <Widget
        widget={widgetOf(parts)}
        question={QUESTION}
        marks={[]}
        unfit={[]}
        timezone="America/New_York"
        {...more}
      />
    </Answered>
  );
}

let known: Registry | null = registry;
beforeEach(() => {
  known = registry;
});

const region = (name: string) => screen.findByRole("region", { name });

const days = (values: (string | null)[], extra: Partial<QueryResponse> = {}) =>
  answerOf(
    [time, money()],
    values.map((value, index) => ({ time: `2026-10-0${index + 1}`, [REVENUE]: value })),
    { totals: { [REVENUE]: "60.00" }, ...extra },
  );

describe("any widget", () => {
  it("is busy until its answer is there, in the place that it will have", async () => {
    show(
      widget({}, async () => {
        await delay(30);
        return metricResponse(REVENUE);
      }),
    );
    const card = screen.getByRole("region", { name: "Revenue" });
    expect(card).toHaveAttribute("aria-busy", "true");
    expect(within(card).getByText("Loading")).toBeInTheDocument();
    expect(await within(card).findByRole("button", { name: "$23.5K" })).toBeInTheDocument();
    expect(card).toHaveAttribute("aria-busy", "false");
  });

  it("fails by itself, says why, and can be tried again", async () => {
    let broken = true;
    const { user } = show(
      <>
        {widget({}, () => {
          if (broken) throw new ApiError(500, "internal", "The lake did not answer.", "req-42");
          return metricResponse(REVENUE);
        })}
        {widget({ id: "widget02", title: "Other" }, metricResponse(REVENUE), { question: OTHER })}
      </>,
    );
    const card = await region("Revenue");
    const alert = await within(card).findByRole("alert");
    expect(alert).toHaveTextContent("Revenue could not be loaded");
    expect(alert).toHaveTextContent("The lake did not answer.");
    expect(within(await region("Other")).getByRole("button", { name: "$23.5K" })).toBeInTheDocument();
    broken = false;
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await within(card).findByRole("button", { name: "$23.5K" })).toBeInTheDocument();
  });

  it("keeps to itself what cannot be drawn", async () => {
    const noise = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const odd = { ...metricResponse(REVENUE), columns: null as unknown as QueryResponse["columns"] };
    show(
      <>
        {widget({ title: "Odd" }, odd)}
        {widget({ id: "widget02", title: "Fine" }, metricResponse(REVENUE), { question: OTHER })}
      </>,
    );
    expect(await within(await region("Fine")).findByRole("button", { name: "$23.5K" })).toBeInTheDocument();
    expect(screen.getByRole("alert")).toHaveTextContent("Odd could not be shown");
    noise.mockRestore();
  });

  it("names the currency of its amounts, whichever it is", async () => {
    const euros = answerOf(
      [time, { ...money(), currency: "EUR" }],
      [{ time: "2026-10-01", [REVENUE]: "5.00" }],
    );
    show(widget({ kind: "line" }, { ...euros, totals: { [REVENUE]: "5.00" } }));
    expect(await within(await region("Revenue")).findByText("EUR per day")).toBeInTheDocument();
  });

  it("says which filters do not hold for it, and what else there is to know", async () => {
    const answer = warned(metricResponse(REVENUE), { data_ends: "the data ends on 2026-10-03" });
    const { user } = show(widget({ note: "Wholesale is not in it." }, answer, { unfit: ["device"] }));
    const card = await region("Revenue");
    await within(card).findByRole("button", { name: "$23.5K" });
    await user.hover(within(card).getByRole("button", { name: "What to know" }));
    const words = await screen.findByRole("tooltip");
    expect(words).toHaveTextContent("Wholesale is not in it.");
    expect(words).toHaveTextContent("The filter on Device is left out here");
    expect(words).toHaveTextContent("The data ends on 2026-10-03.");
  });

  it("says up to when its source is known where that is behind, and why", async () => {
    const answer = warned(metricResponse(REVENUE), { source_behind: "Shopify cannot be read" });
    const { user } = show(widget({}, answer));
    const card = await region("Revenue");
    await user.hover(await within(card).findByRole("button", { name: "As of Oct 4, 8:00 AM" }));
    expect(await screen.findByRole("tooltip")).toHaveTextContent("Shopify cannot be read.");
  });

  it("says so where not all that it draws was answered, which a table says by itself", async () => {
    const cut = days(["10.00", "20.00"], { truncated: true, total_rows: 1200 });
    const { user, unmount } = show(widget({ kind: "line" }, cut));
    await user.hover(await screen.findByRole("button", { name: "Not all of it is drawn" }));
    expect(await screen.findByRole("tooltip")).toHaveTextContent("2 of 1,200 rows are drawn");
    unmount();
    show(widget({ kind: "table" }, cut));
    await screen.findByRole("table");
    expect(screen.queryByRole("button", { name: "Not all of it is drawn" })).not.toBeInTheDocument();
  });

  it("waits where it is not known yet what is asked, and asks nothing", () => {
    const ask = vi.fn();
    show(widget({}, ask, { question: null, isWaiting: true }));
    expect(screen.getByRole("region", { name: "Revenue" })).toHaveAttribute("aria-busy", "true");
    expect(ask).not.toHaveBeenCalled();
  });

  it("is called after what its answer is about where nobody says what metrics are called", async () => {
    known = null;
    const answer = answerOf([money("shopify.aov", "Average order value")], [], {
      totals: { "shopify.aov": "35.3285" },
    });
    show(widget({ query: { metrics: ["shopify.aov"] } }, answer));
    expect(await region("Average order value")).toBeInTheDocument();
  });
});

describe("what every widget can be asked", () => {
  async function open(item: string, answer = days(["10.00", null, "50.00"])) {
    const { user } = show(widget({ kind: "line" }, answer));
    const card = await region("Revenue");
    await within(card).findByRole("application");
    await user.click(within(card).getByRole("button", { name: "More of Revenue" }));
    await user.click(await screen.findByRole("menuitem", { name: item }));
    return user;
  }

  it("is its data as a table, to the last digit", async () => {
    await open("Show the data");
    const dialog = await screen.findByRole("dialog", { name: "Revenue" });
    const rows = within(dialog)
      .getAllByRole("row")
      .map((row) => row.textContent);
    expect(rows).toEqual([
      "DayRevenue (USD)",
      "Thu, Oct 1, 2026$10.00",
      "Fri, Oct 2, 2026—",
      "Sat, Oct 3, 2026$50.00",
      "Total$60.00",
    ]);
  });

  it("is how it was computed: in words, until when, and as a program would ask", async () => {
    const answer = withMeta(warned(days(["1.00"]), { data_ends: "the data ends" }), {
      query: { ...days([]).meta.query, filters: { country: "US" } },
      versions: { s1: 1234 },
      stores: [{ id: "s1", name: "Northwind", currency: "USD", range: days([]).meta.range }],
    });
    await open("How it was computed", answer);
    const dialog = await screen.findByRole("dialog", { name: "Revenue" });
    expect(dialog).toHaveTextContent("Revenue: What revenue counts.");
    expect(dialog).toHaveTextContent(/Oct 1.–.3, 2026 · days of America\/New_York/);
    expect(dialog).toHaveTextContent("Country is US");
    expect(dialog).toHaveTextContent("Northwind · USD · version 1,234");
    expect(dialog).toHaveTextContent(/Shopify: .*Oct 4, 2026/);
    expect(dialog).toHaveTextContent("The data ends.");
    expect(dialog.querySelector("pre")).toHaveTextContent('"country": "US"');
  });

  it("is a file with its rows", async () => {
    const kept: Blob[] = [];
    const create = vi.fn((blob: Blob) => {
      kept.push(blob);
      return "blob:x";
    });
    Object.assign(URL, { createObjectURL: create, revokeObjectURL: () => undefined });
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    await open("Download CSV");
    await waitFor(() => expect(click).toHaveBeenCalled());
    const [link] = click.mock.contexts as HTMLAnchorElement[];
    expect(link?.download).toBe("revenue-2026-10-01-2026-10-03.csv");
    const [file] = kept;
    const bytes = await new Promise<Uint8Array>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
      if (file) reader.readAsArrayBuffer(file);
    });
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(bytes)).toContain("2026-10-01,10.00\r\n2026-10-02,\r\n");
  });

  it("is nothing before there is an answer, but what is put there from outside", async () => {
    const menu = <button role="menuitem">Edit</button>;
    const { user } = show(widget({}, () => new Promise<never>(() => undefined), { menu }));
    await user.click(screen.getByRole("button", { name: "More of Revenue" }));
    expect(await screen.findByRole("menuitem", { name: "Edit" })).toBeInTheDocument();
    expect(screen.queryByRole("menuitem", { name: "Download CSV" })).not.toBeInTheDocument();
  });
});

describe("a figure", () => {
  const total = (value: string | number | null, parts: Partial<QueryResponse> = {}) =>
    metricResponse(REVENUE, { totals: { [REVENUE]: value }, ...parts });

  it("is a dash with its reason where there is none, and zero where it is zero", async () => {
    const { user, unmount } = show(widget({}, warned(total(null), { no_data: "Northwind has no data" })));
    await user.hover(await screen.findByRole("button", { name: "—" }));
    expect(await screen.findByRole("tooltip")).toHaveTextContent("Northwind has no data.");
    unmount();
    show(widget({}, total("0.00")));
    expect(await screen.findByRole("button", { name: "$0.00" })).toBeInTheDocument();
  });

  it("calls growth from zero new", async () => {
    const comparison = compared(REVENUE, { value: "0.00", delta: "60.00", ratio: null });
    show(widget({}, total("60.00", { comparison })));
    expect(await screen.findByRole("button", { name: /new.*from \$0\.00/ })).toBeInTheDocument();
  });

  it("has no change where nothing is compared", async () => {
    show(widget({}, total("60.00")));
    await screen.findByRole("button", { name: "$60.00" });
    expect(screen.queryByText(/from/)).not.toBeInTheDocument();
  });

  it("is written as it is wanted", async () => {
    show(widget({ display: { precision: "exact" } }, total("23456.78")));
    expect(await screen.findByRole("button", { name: "$23,456.78" })).toBeInTheDocument();
  });

  it("says in words, too, that it is beyond a threshold", async () => {
    const thresholds = [{ column: REVENUE, operator: "lte" as const, value: "100", tone: "bad" as const }];
    show(widget({ display: { thresholds } }, total("60.00")));
    expect(await screen.findByText("Bad: at most $100.00")).toBeInTheDocument();
  });

  it("draws its trend where it has one, unless it is told not to", async () => {
    const { unmount } = show(widget({}, days(["1.00", "2.00"])));
    expect(await screen.findByRole("img", { name: "Trend of Revenue" })).toBeInTheDocument();
    unmount();
    show(widget({ display: { sparkline: false } }, days(["1.00", "2.00"])));
    await screen.findByRole("button", { name: "$60.00" });
    expect(screen.queryByRole("img")).not.toBeInTheDocument();
  });
});

describe("a line", () => {
  const marks: AxisMark[] = [
    { id: "m", first: "2026-10-02", last: "2026-10-02", title: "Autumn", kind: "sale", automatic: false },
    { id: "n", first: "2026-12-24", last: "2026-12-24", title: "Later", kind: "note", automatic: false },
  ];

  it("is named with its unit and days, and read by arrow keys", async () => {
    const { user } = show(widget({ kind: "line" }, days(["10.00", null, "50.00"])));
    const chart = await screen.findByRole("application");
    expect(chart).toHaveAccessibleName(
      /^Revenue in USD per day, Oct 1.*2026\. Arrow keys read the points\.$/,
    );
    chart.focus();
    await user.keyboard("{ArrowRight}");
    expect(screen.getByRole("status")).toHaveTextContent("Thu, Oct 1, 2026Revenue$10.00");
    await user.keyboard("{ArrowRight}");
    expect(screen.getByRole("status")).toHaveTextContent("Fri, Oct 2, 2026 · no dataRevenue—");
  });

  it("marks the bucket that is not over", async () => {
    const two = days(["10.00", "2.00"]);
    const today = withMeta(
      { ...two, rows: two.rows.map((row, at) => ({ ...row, time: `2026-11-2${at}` })) },
      {
        incomplete: ["2026-11-21"],
        range: { ...two.meta.range, end: "2026-11-22T00:00:00-05:00" },
      },
    );
    show(widget({ kind: "line" }, today));
    expect(await screen.findByText("Today, so far")).toBeInTheDocument();
  });

  it("is dashed for the period that it is compared with, and says which", async () => {
    const answer = answerOf(
      [time, money()],
      [{ time: "2026-10-01", [REVENUE]: "10.00", ...beside(REVENUE, "8.00", 0.25) }],
      { totals: { [REVENUE]: "10.00" } },
    );
    const range = { ...answer.meta.range, from: "2026-09-01", to: "2026-09-30" };
    show(widget({ kind: "line" }, withMeta(answer, { comparison_range: range })));
    expect(await screen.findByText(/^Sep 1/)).toBeInTheDocument();
  });

  it("has what happened on its axis, and leaves out what did not happen on it", async () => {
    show(widget({ kind: "line" }, days(["10.00", "20.00", "30.00"]), { marks }));
    await screen.findByRole("application");
    expect(screen.getByRole("button", { name: "Sale: Autumn, Oct 2, 2026" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /Later/ })).not.toBeInTheDocument();
  });

  it("tells all of several lines at once, and lets them be switched off", async () => {
    const answer = answerOf(
      [time, group("channel", "Channel"), count()],
      [
        { time: "2026-10-01", channel: "web", [ORDERS]: 30 },
        { time: "2026-10-01", channel: "pos", [ORDERS]: 12 },
      ],
      { totals: { [ORDERS]: 42 } },
    );
    const query = { metrics: [ORDERS], group_by: ["channel"] };
    const { user } = show(widget({ kind: "area", query }, answer));
    const chart = await screen.findByRole("application", { name: /^Orders by channel per day/ });
    chart.focus();
    await user.keyboard("{ArrowRight}");
    expect(screen.getByRole("status")).toHaveTextContent("web30pos12Together42");
    await user.click(screen.getByRole("button", { name: "pos" }));
    chart.focus();
    await user.keyboard("{ArrowRight}");
    expect(screen.getByRole("status")).toHaveTextContent("Thu, Oct 1, 2026web30");
    expect(screen.getByRole("status")).not.toHaveTextContent("pos");
  });

  it("draws zeros as zeros", async () => {
    show(widget({ kind: "line" }, days(["0.00", "0.00"], { totals: { [REVENUE]: "0.00" } })));
    expect(await screen.findByRole("application")).toBeInTheDocument();
    expect(screen.queryByText("Nothing to show for these days")).not.toBeInTheDocument();
  });

  it("says so where there is nothing to draw", async () => {
    show(widget({ kind: "line" }, days([null, null], { totals: { [REVENUE]: null } })));
    expect(await screen.findByText("Nothing to show for these days")).toBeInTheDocument();
  });
});

describe("bars", () => {
  const byChannel = (rows: [string, string][]) =>
    answerOf(
      [group("channel", "Channel"), money()],
      rows.map(([channel, value]) => ({ channel, [REVENUE]: value, ...beside(REVENUE, "1.00", 0.5) })),
      { totals: { [REVENUE]: "100.00" } },
    );
  const query = { metrics: [REVENUE], group_by: ["channel"] };

  it("that lie have their names, exact values and parts of the whole", async () => {
    const answer = byChannel([
      ["web", "75.50"],
      ["pos", "24.50"],
    ]);
    show(widget({ kind: "bar", query, display: { horizontal: true } }, answer));
    const list = await screen.findByRole("group", { name: "Revenue by channel" });
    expect(
      within(list)
        .getAllByRole("listitem")
        .map((item) => item.textContent),
    ).toEqual(["web+50.0%$75.5075.5%", "pos+50.0%$24.5024.5%"]);
  });

  it("stand where they are few, and lie where they are many", async () => {
    const { unmount } = show(widget({ kind: "bar", query }, byChannel([["web", "1.00"]])));
    expect(await screen.findByRole("application")).toHaveAttribute("data-chart", "bars");
    unmount();
    const many = Array.from({ length: 12 }, (_, index): [string, string] => [`c${index}`, "1.00"]);
    show(widget({ kind: "bar", query }, byChannel(many)));
    expect(await screen.findByRole("group", { name: "Revenue by channel" })).toBeInTheDocument();
  });

  it("on one another have the sum of what is of one unit, and beside it what is of another", async () => {
    const answer = answerOf(
      [group("channel", "Channel"), money(), count(), count("ga4.sessions", "Sessions")],
      [{ channel: "web", [REVENUE]: "75.50", [ORDERS]: 3, "ga4.sessions": 40 }],
      { totals: { [REVENUE]: "75.50" } },
    );
    const axis = { zero: true, log: false, right: [REVENUE] };
    const display = { horizontal: true, stacked: true, axis };
    show(widget({ kind: "bar", query, display }, answer));
    expect((await screen.findByText("web")).closest("li")).toHaveTextContent(/^web43\$75\.50$/);
  });

  it("of several figures have each its value", async () => {
    const answer = answerOf(
      [group("channel", "Channel"), money(), count()],
      [{ channel: "web", [REVENUE]: "75.50", [ORDERS]: 3 }],
      { totals: { [REVENUE]: "75.50" } },
    );
    show(widget({ kind: "bar", query, display: { horizontal: true } }, answer));
    expect((await screen.findByText("web")).closest("li")).toHaveTextContent("web$75.503");
  });
});

describe("a pie", () => {
  it("has each part with its value and share, and the whole in its middle", async () => {
    const answer = answerOf(
      [group("channel", "Channel"), money()],
      [
        { channel: "web", [REVENUE]: "75.00" },
        { channel: "pos", [REVENUE]: "25.00" },
      ],
      { totals: { [REVENUE]: "100.00" } },
    );
    show(widget({ kind: "pie", query: { metrics: [REVENUE], group_by: ["channel"] } }, answer));
    const parts = await screen.findByRole("group", { name: "Parts of Revenue by channel" });
    expect(
      within(parts)
        .getAllByRole("listitem")
        .map((item) => item.textContent),
    ).toEqual(["web$75.0075.0%", "pos$25.0025.0%"]);
    const chart = await screen.findByRole("application");
    expect(within(chart).getByText("$100.00")).toBeInTheDocument();
  });
});

it("a pie says why it draws no slices, and names the parts all the same", async () => {
  const answer = answerOf(
    [group("channel", "Channel"), count("shopify.customers", "Customers")],
    [{ channel: "web", "shopify.customers": 8 }],
    { totals: { "shopify.customers": 10 } },
  );
  const query = { metrics: ["shopify.customers"], group_by: ["channel"] };
  show(widget({ kind: "pie", query }, answer));
  expect(await screen.findByText(/do not add up/)).toBeInTheDocument();
  expect(screen.getByRole("listitem")).toHaveTextContent("web8");
  expect(screen.queryByRole("application")).not.toBeInTheDocument();
});

describe("a table", () => {
  const answer = answerOf(
    [group("channel", "Channel"), money(), count()],
    [
      { channel: "web", [REVENUE]: "10.00", [ORDERS]: 5 },
      { channel: "pos", [REVENUE]: "30.00", [ORDERS]: null },
      { channel: "app", [REVENUE]: "20.00", [ORDERS]: 7 },
    ],
    { totals: { [REVENUE]: "60.00", [ORDERS]: 12 } },
  );
  const query = { metrics: [REVENUE, ORDERS], group_by: ["channel"] };
  const texts = () => screen.getAllByRole("row").map((row) => row.textContent);

  it("sorts by each column, and keeps its totals apart", async () => {
    const { user } = show(widget({ kind: "table", query }, answer));
    await screen.findByRole("table");
    expect(texts()).toEqual([
      "ChannelRevenueOrders",
      "web$10.005",
      "pos$30.00—",
      "app$20.007",
      "Total$60.0012",
    ]);
    await user.click(screen.getByRole("button", { name: "Orders" }));
    expect(texts().slice(1, 4)).toEqual(["app$20.007", "web$10.005", "pos$30.00—"]);
    expect(screen.getByRole("columnheader", { name: "Orders" })).toHaveAttribute("aria-sort", "descending");
    await user.click(screen.getByRole("button", { name: "Channel" }));
    expect(texts()[1]).toBe("app$20.007");
  });

  it("shows a page at a time, and says of how many", async () => {
    const { user } = show(widget({ kind: "table", query, display: { page_size: 2, totals: false } }, answer));
    await screen.findByRole("table");
    expect(texts()).toHaveLength(3);
    expect(screen.getByText("1–2 of 3")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Rows before" })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "Rows after" }));
    expect(texts()).toEqual(["ChannelRevenueOrders", "app$20.007"]);
  });

  it("colours cells by their values, and what is beyond a threshold, with a sign", async () => {
    const thresholds = [{ column: ORDERS, operator: "gte" as const, value: "6", tone: "good" as const }];
    const display = { columns: [{ key: REVENUE, heat: true }], thresholds };
    show(widget({ kind: "table", query, display }, answer));
    const most = (await screen.findByText("$30.00")).closest("td");
    expect(most).toHaveStyle({ background: "var(--heat-4)" });
    expect(screen.getByText("$10.00").closest("td")).toHaveStyle({ background: "var(--heat-2)" });
    expect(screen.getByText("Good: at least 6").closest("tr")).toHaveTextContent("app");
  });

  it("asks for the lines of a column beside it, and is whole without them", async () => {
    const asked: [string, QueryRequest][] = [];
    const ask: Ask = (id, question) => {
      asked.push([id, question]);
      if (id.endsWith(":trend")) throw new ApiError(422, "wrong", "No.");
      return answer;
    };
    const display = { columns: [{ key: REVENUE, sparkline: true }] };
    show(widget({ kind: "table", query, display }, ask));
    await waitFor(() => expect(asked.map(([id]) => id)).toEqual(["widget01", "widget01:trend"]));
    expect(asked[1]?.[1]).toMatchObject({ granularity: "day", fill: true });
    expect(await screen.findByText("$30.00")).toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });
});

describe("a funnel", () => {
  const columns = [
    group("step", "Step"),
    group("label", "Name"),
    count("count", "Count"),
    share("of_first", "Of the first step"),
    share("of_previous", "Of the step before"),
  ];
  const steps = answerOf(
    columns,
    [
      { step: 1, label: "Sessions", count: 1000, of_first: 1, of_previous: null },
      { step: 2, label: "Carts", count: 250, of_first: 0.25, of_previous: 0.25 },
      { step: 3, label: "Orders", count: 300, of_first: 0.3, of_previous: 1.2 },
    ],
    { totals: { conversion: 0.3 } },
  );

  it("says how many come how far and how many leave, and not that fewer than none did", async () => {
    show(widget({ kind: "funnel", title: "Funnel" }, steps));
    const list = await screen.findByRole("group", { name: /^Funnel/ });
    expect(
      within(list)
        .getAllByRole("listitem")
        .map((item) => item.textContent),
    ).toEqual(["Sessions1,000", "Carts25025.0%75.0% dropped off", "Orders30030.0%"]);
    expect(screen.getByText("30.0%", { selector: "span.font-semibold" })).toBeInTheDocument();
  });
});

describe("a goal", () => {
  it("says how far it is and whether that is far enough", async () => {
    const answer = metricResponse(REVENUE, { totals: { [REVENUE]: "30.00" } });
    show(widget({ kind: "goal", display: { goal: { value: "60", by: "range" } } }, answer));
    expect(await screen.findByRole("progressbar", { name: "Revenue: part of the goal" })).toHaveAttribute(
      "aria-valuenow",
      "50",
    );
    // The range ended in October.
    expect(screen.getByText("Not reached")).toBeInTheDocument();
    expect(screen.getByText("of $60.00")).toBeInTheDocument();
  });

  it("of an average is the same over whatever days, and has no pace", async () => {
    const AOV = "shopify.aov";
    const range = { ...days([]).meta.range, end: "2099-01-01T00:00:00-05:00" };
    const answer = withMeta(
      answerOf([money(AOV, "Average order value")], [], { totals: { [AOV]: "30.00" } }),
      { range },
    );
    const display = { goal: { value: "60", by: "month" as const } };
    show(widget({ kind: "goal", query: { metrics: [AOV] }, display }, answer));
    expect(await screen.findByText("of $60.00")).toBeInTheDocument();
    expect(screen.getByText("Not reached")).toBeInTheDocument();
    expect(screen.queryByText(/of the time has passed/)).not.toBeInTheDocument();
  });

  it("says nothing of how far it is where that is not known", async () => {
    const answer = warned(metricResponse(REVENUE, { totals: { [REVENUE]: null } }), {
      no_data: "Northwind has no data",
    });
    show(widget({ kind: "goal", display: { goal: { value: "60", by: "range" } } }, answer));
    expect(await screen.findByRole("button", { name: "—" })).toBeInTheDocument();
    expect(screen.getByText("Northwind has no data.")).toBeInTheDocument();
    expect(screen.queryByRole("progressbar")).not.toBeInTheDocument();
    expect(screen.queryByText("Not reached")).not.toBeInTheDocument();
  });

  it("says that none is set, and shows the figure all the same", async () => {
    show(widget({ kind: "goal" }, metricResponse(REVENUE, { totals: { [REVENUE]: "4200.00" } })));
    expect(await screen.findByText("No goal is set for this figure yet.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "$4,200.00" })).toBeInTheDocument();
  });
});

describe("a heatmap", () => {
  const hourly = (columns = [time, money()]) =>
    withMeta(
      answerOf(columns, [{ time: "2026-10-01T15:00:00-04:00", [REVENUE]: "10.00" }], {
        totals: { [REVENUE]: "10.00" },
      }),
      { query: { ...days([]).meta.query, granularity: "hour" } },
    );

  it("reads the hours of the week", async () => {
    const { user } = show(widget({ kind: "heatmap" }, hourly()));
    const chart = await screen.findByRole("application", { name: /^Revenue by hour and weekday/ });
    chart.focus();
    // Thursday, 3 PM: three rows down and fifteen columns along.
    await user.keyboard("{ArrowRight}{ArrowDown}{ArrowDown}{ArrowDown}");
    for (let column = 0; column < 15; column += 1) await user.keyboard("{ArrowRight}");
    expect(screen.getByRole("status")).toHaveTextContent(
      /^Thursday, 3.PM–4.PMOn average\$10\.00In 1 hour\$10\.00$/,
    );
  });

  it("is not drawn of what is told by the day", async () => {
    show(widget({ kind: "heatmap" }, days(["10.00"])));
    expect(await screen.findByText(/is not told by the hour/)).toBeInTheDocument();
  });
});

describe("a text", () => {
  it("asks nothing, and is called after its first heading", async () => {
    const ask = vi.fn();
    show(
      widget({ kind: "text", query: null, text: "# Week 46\n\nRead **revenue** first." }, ask, {
        question: null,
      }),
    );
    expect(await screen.findByRole("heading", { name: "Week 46", level: 2 })).toBeInTheDocument();
    expect(screen.getByRole("region", { name: "Week 46" })).toHaveTextContent("Read revenue first.");
    expect(ask).not.toHaveBeenCalled();
  });
});

describe("a widget of a source", () => {
  const missing = (id: string, source: string) =>
    withMeta(answerOf([count(id, "X")], [], { totals: { [id]: null } }), { as_of: { [source]: null } });

  it("says what would be here while it is not connected, and leads to where it is", async () => {
    const onConnect = vi.fn();
    const query = { metrics: ["judgeme.reviews"] };
    const { user } = show(
      widget({ kind: "reviews", query }, missing("judgeme.reviews", "judgeme"), { onConnect }),
    );
    expect(await screen.findByText("Judge.me is not connected")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Connect Judge.me" }));
    expect(onConnect).toHaveBeenCalledWith("judgeme");
  });

  it("has room for it in the smallest widget", async () => {
    const onConnect = vi.fn();
    const id = "ga4.sessions";
    const { user } = show(
      widget({ kind: "kpi", size: "small", query: { metrics: [id] } }, missing(id, "ga4"), { onConnect }),
    );
    const connect = await screen.findByRole("button", { name: /^Connect ./ });
    expect(connect).toHaveTextContent(/^Connect$/);
    await user.click(connect);
    expect(onConnect).toHaveBeenCalledWith("ga4");
  });

  it("offers nothing to those who may not connect", async () => {
    show(widget({ kind: "sentiment", query: null }, () => answerOf([], []), { question: null }));
    expect(await screen.findByText("Gorgias is not connected")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /^Connect/ })).not.toBeInTheDocument();
  });

  it("shows the stars of reviews", async () => {
    const answer = answerOf(
      [
        group("rating", "Stars"),
        { ...count("judgeme.rating", "Rating"), unit: "rating" },
        count("judgeme.reviews", "Reviews"),
      ],
      [
        { rating: "5", "judgeme.reviews": 3 },
        { rating: "1", "judgeme.reviews": 1 },
      ],
      { totals: { "judgeme.rating": 4, "judgeme.reviews": 4 } },
    );
    show(widget({ kind: "reviews", query: { metrics: ["judgeme.rating"] } }, answer));
    const list = await screen.findByRole("group", { name: "Reviews by stars" });
    expect(
      within(list)
        .getAllByRole("listitem")
        .map((item) => item.textContent),
    ).toEqual(["5 stars375.0%", "4 stars00.0%", "3 stars00.0%", "2 stars00.0%", "1 star125.0%"]);
  });

  it("says which variation of an experiment leads, and whether that is sure", async () => {
    const best = "intelligems.probability_to_be_best";
    const answer = answerOf(
      [group("experiment", "Experiment"), group("variant", "Variant"), share(best, "Probability to be best")],
      [
        { experiment: "Shipping", variant: "Control", [best]: 0.06 },
        { experiment: "Shipping", variant: "Free", [best]: 0.94 },
        { experiment: "Price", variant: "Low", [best]: 0.99 },
      ],
      { totals: { [best]: 1 } },
    );
    const { user } = show(widget({ kind: "experiment", title: "Tests", query: { metrics: [best] } }, answer));
    expect(await screen.findByText(/leads, not yet surely: 94% likely/)).toBeInTheDocument();
    await user.selectOptions(screen.getByRole("combobox", { name: "Experiment of Tests" }), "Price");
    expect(screen.getByText(/is the best: 99% likely/)).toBeInTheDocument();
    expect(screen.getAllByRole("row")).toHaveLength(2);
  });

  it("shows the answers of a survey, a question at a time", async () => {
    const answers = "knocommerce.answers";
    const answer = answerOf(
      [group("question", "Question"), group("answer", "Answer"), count(answers, "Answers")],
      [
        { question: "For whom?", answer: "Me", [answers]: 1 },
        { question: "How did you hear?", answer: "A friend", [answers]: 1 },
        { question: "How did you hear?", answer: "Search", [answers]: 3 },
      ],
      { totals: { [answers]: 5 } },
    );
    const { user } = show(widget({ kind: "survey", query: { metrics: [answers] } }, answer));
    const list = await screen.findByRole("group", { name: "How did you hear?" });
    expect(
      within(list)
        .getAllByRole("listitem")
        .map((item) => item.textContent),
    ).toEqual(["Search375.0%", "A friend125.0%"]);
    await user.selectOptions(screen.getByRole("combobox", { name: "Question of Survey" }), "For whom?");
    expect(screen.getByRole("group", { name: "For whom?" })).toHaveTextContent("Me1100.0%");
  });

  it("shows where satisfaction stands on its scale", async () => {
    const csat = { ...count("gorgias.csat", "Customer satisfaction"), unit: "rating" as const };
    const answer = answerOf([csat], [], { totals: { "gorgias.csat": 4.2 } });
    show(widget({ kind: "sentiment", query: { metrics: ["gorgias.csat"] } }, answer));
    expect(
      await screen.findByRole("img", { name: "Sentiment: 4.2, on a scale from 1 to 5" }),
    ).toBeInTheDocument();
  });
});
