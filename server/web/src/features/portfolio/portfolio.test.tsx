import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { BatchAnswer, BatchRequest, Problem, QueryRequest, QueryResponse, Store } from "@/lib/api/types";
import { network } from "@/test/network";
import { show } from "@/test/render";
import { metricResponse, store } from "@/test/responses";
import { plain } from "@/test/text";
import { csvOf } from "./csv";
import { PortfolioPage } from "./portfolio-page";
import { rowsOf, sorted } from "./rows";
import type { PortfolioSearch } from "./view";

const saved = vi.hoisted(() => vi.fn());
vi.mock("@/lib/download", () => ({ saveFile: saved }));

const HUDSON: Store = { ...store, id: "0192a000-0000-7000-8000-000000000001", name: "Hudson" };
const RANGOLI: Store = {
  ...store,
  id: "0192a000-0000-7000-8000-000000000002",
  name: "Rangoli",
  currency: "INR",
  timezone: "Asia/Kolkata",
  sample_data_at: "2026-11-21T11:00:00Z",
};
const EMPTY: Store = { ...store, id: "0192a000-0000-7000-8000-000000000003", name: "=Wren" };
const ALL = [HUDSON, RANGOLI, EMPTY];

/** Revenue, orders and revenue before, of a store. */
const TOLD: Record<string, [string, number, string]> = {
  [HUDSON.id]: ["12345.60", 240, "10000.00"],
  [RANGOLI.id]: ["999.99", 310, "2000.00"],
};

const money = { type: "decimal", role: "metric", unit: "currency", higher_is_better: true } as const;
const count = {
  type: "integer",
  role: "metric",
  unit: "count",
  currency: null,
  higher_is_better: true,
} as const;

function answered(question: QueryRequest): QueryResponse {
  const ids = question.stores ?? [];
  const currency = question.currency ?? (ids.includes(RANGOLI.id) ? "INR" : "USD");
  const columns: QueryResponse["columns"] = [
    { key: "shopify.revenue", title: "Revenue", currency, ...money },
    { key: "shopify.orders", title: "Orders", ...count },
    { key: "shopify.aov", title: "Average order", currency, ...money },
    { key: "store.conversion_rate", title: "Conversion", ...count, unit: "percentage" },
  ];
  const base = metricResponse("shopify.revenue");
  const meta = {
    ...base.meta,
    stores: ids.map((id) => ({ id, name: id, currency: "USD", range: base.meta.range })),
  };
  const known = ids.filter((id) => id in TOLD);
  if (question.granularity) {
    const days = ["2026-10-01", "2026-10-02", "2026-10-03"];
    const rows = known.flatMap((id) => days.map((time) => ({ store: id, time, "shopify.revenue": "5.00" })));
    return { ...base, columns, rows: rows, meta };
  }
  const rows = known.map((id) => {
    const [revenue, orders, before] = TOLD[id] ?? ["0", 0, "0"];
    const ratio = Number(revenue) / Number(before) - 1;
    return {
      store: id,
      "shopify.revenue": revenue,
      "shopify.orders": orders,
      "shopify.aov": null,
      "store.conversion_rate": null,
      comparison: { "shopify.revenue": { value: before, delta: "1.00", ratio } },
    };
  });
  return {
    ...base,
    columns,
    rows: rows,
    totals: { "shopify.revenue": "13345.59", "shopify.orders": 550, "shopify.aov": "24.26" },
    meta,
  };
}

function serve(
  answerTo: (question: QueryRequest) => BatchAnswer = (question) => ({
    status: 200,
    answer: answered(question),
  }),
) {
  const asked: BatchRequest[] = [];
  network.use(
    http.post("/api/metrics/batch", async ({ request }) => {
      const body = (await request.json()) as BatchRequest;
      asked.push(body);
      await delay(1);
      const answers = Object.entries(body.queries).map(([name, question]) => [name, answerTo(question)]);
      return HttpResponse.json({
        answers: Object.fromEntries(answers) as never,
        versions: {},
        elapsed_ms: 1,
      });
    }),
  );
  return asked;
}

function page(search: PortfolioSearch = {}, stores = ALL) {
  const onSearch = vi.fn();
  const view = show(
    <PortfolioPage
      stores={stores}
      search={search}
      onSearch={onSearch}
      storeLink={({ name, id }) => <a href={`/stores/${id}`}>{name}</a>}
    />,
  );
  return { onSearch, ...view };
}

async function lines(): Promise<string[][]> {
  await screen.findByRole("rowheader", { name: /Hudson/ });
  return screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => [...row.children].map((cell) => plain(cell.textContent)));
}

describe("the portfolio", () => {
  it("has a row for each store with its zone, figures beside those before, and a trend", async () => {
    const asked = serve();
    page({ currency: "USD" });
    expect(await lines()).toEqual([
      ["HudsonAmerica/New York (GMT−5)", "$12.3K+23.5%", "240", "—", "—", ""],
      ["RangoliSample dataAsia/Kolkata (GMT+5:30)", "$999.99−50.0%", "310", "—", "—", ""],
      ["=WrenAmerica/New York (GMT−5)", "—", "—", "—", "—", ""],
      ["All 3 stores", "$13.3K", "550", "$24.26", "—", ""],
    ]);
    expect(screen.getByRole("img", { name: "Revenue of Hudson over time" })).toBeInTheDocument();
    expect(screen.queryByRole("img", { name: /Wren/ })).not.toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Rangoli" })).toHaveAttribute("href", `/stores/${RANGOLI.id}`);
    // All of it is one request.
    expect(asked).toHaveLength(1);
    expect(Object.keys(asked[0]?.queries ?? {})).toEqual(["totals 0", "trend 0"]);
  });

  it("is sorted as the address says, with what is not known at the end", async () => {
    serve();
    const { onSearch, user } = page({ currency: "USD", order: "revenue" });
    expect((await lines()).map(([name]) => name?.slice(0, 5))).toEqual(["Rango", "Hudso", "=Wren", "All 3"]);
    const head = screen.getByRole("columnheader", { name: "Revenue" });
    expect(head).toHaveAttribute("aria-sort", "ascending");
    await user.click(within(head).getByRole("button"));
    expect(onSearch).toHaveBeenLastCalledWith({ order: "-revenue" });
    await user.click(screen.getByRole("button", { name: "Orders" }));
    expect(onSearch).toHaveBeenLastCalledWith({ order: "-orders" });
    await user.click(screen.getByRole("button", { name: "Store" }));
    expect(onSearch).toHaveBeenLastCalledWith({ order: "name" });
  });

  it("leaves amounts as they are where that is asked for, and adds none of them up", async () => {
    const asked = serve();
    page({ currency: "own" });
    const rows = await lines();
    expect(rows.map((row) => row.slice(0, 2).join(" "))).toEqual([
      "=WrenAmerica/New York (GMT−5) —",
      "HudsonAmerica/New York (GMT−5) $12.3K+23.5%",
      "RangoliSample dataAsia/Kolkata (GMT+5:30) ₹999.99−50.0%",
    ]);
    expect(Object.keys(asked[0]?.queries ?? {})).toHaveLength(4);
    // What is not in one currency is not sorted by.
    expect(screen.queryByRole("button", { name: "Revenue" })).not.toBeInTheDocument();
  });

  it("says that a rate is missing, and how to look at the stores all the same", async () => {
    const missing = {
      status: 422,
      problem: { code: "missing_rate", detail: "Rangoli has no rate from INR to USD" } as Problem,
    };
    serve(() => missing);
    const { onSearch, user } = page({ currency: "USD" });
    expect(await screen.findByRole("alert")).toHaveTextContent("Rangoli has no rate from INR to USD.");
    await user.click(screen.getByRole("button", { name: "Each its own currency" }));
    expect(onSearch).toHaveBeenLastCalledWith({ currency: "own" });
  });

  it("is there without trends when those fail", async () => {
    serve((question) =>
      question.granularity
        ? { status: 500, problem: { code: "internal", detail: "it failed" } as Problem }
        : { status: 200, answer: answered(question) },
    );
    page({ currency: "USD" });
    expect(await lines()).toHaveLength(4);
    expect(screen.queryByRole("img")).not.toBeInTheDocument();
  });

  it("is asked for again when it could not be loaded", async () => {
    network.use(http.post("/api/metrics/batch", () => HttpResponse.json({}, { status: 500 })));
    const { user } = page({ currency: "USD" });
    expect(await screen.findByText("The stores could not be loaded")).toBeInTheDocument();
    serve();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await lines()).toHaveLength(4);
  });

  it("takes what one chooses into the address, and leaves out what is usual", async () => {
    serve();
    const clients = { id: "0192a000-0000-7000-8000-0000000000a2", name: "Clients" };
    const { onSearch, user } = page({}, [HUDSON, { ...RANGOLI, workspace: clients }, EMPTY]);
    await lines();
    const amounts = screen.getByLabelText("Amounts in");
    expect(amounts).toHaveValue("USD");
    await user.selectOptions(amounts, "All in INR");
    expect(onSearch).toHaveBeenLastCalledWith({ currency: "INR" });
    await user.selectOptions(amounts, "All in USD");
    expect(onSearch).toHaveBeenLastCalledWith({ currency: undefined });
    await user.selectOptions(screen.getByLabelText("Workspace"), "Clients");
    expect(onSearch).toHaveBeenLastCalledWith({ workspace: clients.id, currency: undefined });
  });

  it("is no file while it shows the figures of what was asked before", async () => {
    serve();
    const { rerender } = page({ currency: "USD" });
    await lines();
    network.use(http.post("/api/metrics/batch", () => delay("infinite")));
    const other = (stores: Store[]) => (
      <PortfolioPage
        stores={stores}
        search={{ currency: "USD", range: "last_7_days" }}
        onSearch={vi.fn()}
        storeLink={({ name }) => name}
      />
    );
    rerender(other(ALL));
    expect(await lines()).toHaveLength(4);
    expect(screen.getByRole("button", { name: "Download CSV" })).toBeDisabled();
    // Of other stores nothing is told before it is known.
    rerender(other([HUDSON, RANGOLI]));
    expect(await screen.findByText("Loading")).toBeInTheDocument();
    expect(screen.queryByRole("row")).not.toBeInTheDocument();
  });

  it("is a file of exact figures", async () => {
    serve();
    const { user } = page({ currency: "USD" });
    await lines();
    await user.click(screen.getByRole("button", { name: "Download CSV" }));
    await waitFor(() => expect(saved).toHaveBeenCalledOnce());
    const [name, text] = saved.mock.lastCall as [string, string];
    // The days that the figures are of, as the server tells them.
    expect(name).toBe("portfolio-2026-10-01-2026-10-03.csv");
    const [heads, hudson, rangoli, wren] = text.replace("\uFEFF", "").split("\r\n");
    expect(heads).toBe(
      'Store,Workspace,Time zone,Currency,Revenue,"Revenue, before","Revenue, change",Orders,"Orders, before","Orders, change",' +
        'Average order,"Average order, before","Average order, change",Conversion,"Conversion, before","Conversion, change"',
    );
    expect(hudson).toMatch(/^Hudson,Demo,America\/New_York,USD,12345\.60,10000\.00,0\.23456/);
    expect(rangoli).toMatch(/^Rangoli,Demo,Asia\/Kolkata,USD,999\.99,2000\.00,-0\.5/);
    // A name is not taken for a formula.
    expect(wren).toBe("'=Wren,Demo,America/New_York,USD,,,,,,,,,,,,");
  });
});

test("the rows of a file are in the order of the table", () => {
  const totals = answered({
    metrics: [],
    time_range: "last_7_days",
    stores: ALL.map(({ id }) => id),
    currency: "USD",
  });
  const rows = sorted(rowsOf(ALL, [{ totals, trend: null }]), "-orders");
  expect(
    csvOf(rows)
      .split("\r\n")
      .slice(1, 4)
      .map((line) => line.split(",")[0]),
  ).toEqual(["Rangoli", "Hudson", "'=Wren"]);
});
