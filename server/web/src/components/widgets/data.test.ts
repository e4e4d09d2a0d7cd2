import { answerOf, beside, count, group, money, share, time, withMeta } from "@/test/answers";
import { registry, widgetOf } from "@/test/widgets";
import { coloursOf, OTHER_COLOUR } from "./colours";
import { goalTarget, passedPart } from "./goal-target";
import { verdictOf } from "./goal";
import { heatCells } from "./heat-data";
import { addsUp, readPrecision } from "./metric-facts";
import { pieData } from "./pie-data";
import { MOST_SERIES, seriesData } from "./series-data";
import { beforeKey, seriesPlan } from "./series-plan";
import { missingSource } from "./source-empty";
import { thresholdOf } from "./thresholds";

const REVENUE = "shopify.revenue";
const ORDERS = "shopify.orders";
const RATE = "store.conversion_rate";
const now = new Date("2026-11-21T12:00:00Z");
const nothing: ReadonlySet<string> = new Set();

describe("the series of an answer", () => {
  const channels = answerOf(
    [time, group("channel", "Channel"), money()],
    [
      { time: "2026-10-01", channel: "web", [REVENUE]: "10.00" },
      { time: "2026-10-01", channel: "pos", [REVENUE]: "30.00" },
      { time: "2026-10-01", channel: null, other: true, [REVENUE]: "99.00" },
      { time: "2026-10-02", channel: "web", [REVENUE]: "12.50" },
    ],
  );

  it("are one for each group, the largest first and what is left last", () => {
    const { series, points } = seriesData(channels, now);
    expect(points.map(({ key, axis }) => [key, axis])).toEqual([
      ["2026-10-01", "Oct 1"],
      ["2026-10-02", "Oct 2"],
    ]);
    expect(series.map(({ title, values }) => [title, values])).toEqual([
      ["pos", ["30.00", null]],
      ["web", ["10.00", "12.50"]],
      ["All others", ["99.00", null]],
    ]);
  });

  it("stand in the order of their time, however an answer is ordered", () => {
    const answer = answerOf(
      [time, money()],
      [
        { time: "2026-10-02", [REVENUE]: "9.00" },
        { time: "2026-10-03", [REVENUE]: "5.00" },
        { time: "2026-10-01", [REVENUE]: "1.00" },
      ],
    );
    const { points, series } = seriesData(answer, now);
    expect(points.map(({ key }) => key)).toEqual(["2026-10-01", "2026-10-02", "2026-10-03"]);
    expect(series[0]?.values).toEqual(["1.00", "9.00", "5.00"]);
  });

  it("are one for each figure where rows are not cut", () => {
    const answer = answerOf(
      [time, money(), count()],
      [{ time: "2026-10-01", [REVENUE]: "1.00", [ORDERS]: 2 }],
    );
    expect(seriesData(answer, now).series.map(({ title, group }) => [title, group])).toEqual([
      ["Revenue", null],
      ["Orders", null],
    ]);
  });

  it("are one for each column where rows stand side by side", () => {
    const pivoted = (value: string | null, other = false) => ({
      ...money(`${REVENUE}:${value ?? "other"}`, "Revenue"),
      pivot: { metric: REVENUE, dimension: "channel", value, other },
    });
    const answer = answerOf(
      [time, pivoted("web"), pivoted(null, true)],
      [{ time: "2026-10-01", [`${REVENUE}:web`]: "1.00", [`${REVENUE}:other`]: "2.00" }],
    );
    expect(seriesData(answer, now).series.map(({ title, column }) => [title, column])).toEqual([
      ["web", REVENUE],
      ["All others", REVENUE],
    ]);
  });

  it("stand along what rows are cut by first, where there is no time", () => {
    const answer = answerOf(
      [group("country", "Country"), group("channel", "Channel"), count()],
      [
        { country: "US", channel: "web", [ORDERS]: 3 },
        { country: "DE", channel: "web", [ORDERS]: 2 },
        { country: "US", channel: "pos", [ORDERS]: 1 },
        { country: null, channel: "web", [ORDERS]: 1 },
      ],
    );
    const { points, series } = seriesData(answer, now);
    expect(points.map(({ title }) => title)).toEqual(["United States", "Germany", "No country"]);
    expect(series.map(({ title, values }) => [title, values])).toEqual([
      ["web", [3, 2, 1]],
      ["pos", [1, null, null]],
    ]);
  });

  it("are named after their stores", () => {
    const id = "0192a000-0000-7000-8000-000000000001";
    const base = answerOf(
      [time, group("store", "Store"), count()],
      [{ time: "2026-10-01", store: id, [ORDERS]: 1 }],
    );
    const { range } = base.meta;
    const answer = withMeta(base, { stores: [{ id, name: "Northwind", currency: "USD", range }] });
    expect(seriesData(answer, now).series[0]?.title).toBe("Northwind");
  });

  it("are as many as can be told apart, and the others are counted", () => {
    const rows = Array.from({ length: 11 }, (_, index) => ({
      time: "2026-10-01",
      channel: `c${index}`,
      [ORDERS]: index,
    }));
    const { series, left } = seriesData(answerOf([time, group("channel", "Channel"), count()], rows), now);
    expect(series).toHaveLength(MOST_SERIES);
    expect(series[0]?.title).toBe("c10");
    expect(left).toBe(3);
  });
});

describe("how series are drawn", () => {
  const oneMetric = answerOf(
    [time, money()],
    [{ time: "2026-10-01", [REVENUE]: "10.00", ...beside(REVENUE, "8.00", 0.25) }],
  );
  const plan = (response: typeof oneMetric, parts: Parameters<typeof widgetOf>[0], hidden = nothing) =>
    seriesPlan(seriesData(response, now), widgetOf(parts), response, registry, hidden);

  it("shades a line that is alone, and puts what it is compared with behind it", () => {
    const drawn = plan(oneMetric, { kind: "line" });
    expect(drawn.chart.map(({ key, form, comparison }) => [key, form, comparison ?? false])).toEqual([
      [beforeKey(REVENUE), "line", true],
      [REVENUE, "area", false],
    ]);
    expect(drawn.points[0]?.values).toEqual({ [REVENUE]: 10, [beforeKey(REVENUE)]: 8 });
  });

  it("has nothing to compare where nothing was before", () => {
    const answer = answerOf([time, money()], [{ time: "2026-10-01", [REVENUE]: "10.00" }]);
    expect(plan(answer, { kind: "bar" }).isCompared).toBe(false);
  });

  it("measures a second unit on the right, as a line where the other is bars", () => {
    const answer = answerOf(
      [time, money(), share()],
      [{ time: "2026-10-01", [REVENUE]: "1.00", [RATE]: 0.1 }],
    );
    const sides = plan(answer, { kind: "bar" }).own.map(({ column, side, form }) => [column, side, form]);
    expect(sides).toEqual([
      [REVENUE, "left", "bar"],
      [RATE, "right", "line"],
    ]);
  });

  it("puts on the right what a widget says", () => {
    const answer = answerOf(
      [time, money(), count()],
      [{ time: "2026-10-01", [REVENUE]: "1.00", [ORDERS]: 1 }],
    );
    const axis = { zero: true, log: false, right: [REVENUE] };
    expect(plan(answer, { kind: "line", display: { axis } }).own.map(({ side }) => side)).toEqual([
      "right",
      "left",
    ]);
  });

  it("stacks areas of what adds up by themselves, and what does not never", () => {
    const rows = ["web", "pos"].map((channel) => ({
      time: "2026-10-01",
      channel,
      [ORDERS]: 1,
      "shopify.customers": 1,
    }));
    const columns = [time, group("channel", "Channel")];
    const adding = answerOf([...columns, count()], rows);
    const not = answerOf([...columns, count("shopify.customers", "Customers")], rows);
    expect(plan(adding, { kind: "area" }).stacked).toBe(true);
    expect(plan(not, { kind: "area" }).stacked).toBe(false);
    expect(plan(not, { kind: "area", display: { stacked: true } }).stacked).toBe(false);
    expect(plan(adding, { kind: "bar", display: { stacked: true } }).stacked).toBe(true);
    expect(plan(adding, { kind: "bar" }).stacked).toBe(false);
    expect(plan(adding, { kind: "line", display: { stacked: true } }).stacked).toBe(false);
  });

  it("stacks what is of one unit and on one axis alone", () => {
    const answer = answerOf(
      [group("channel", "Channel"), money(), count(), count("ga4.sessions", "Sessions")],
      [{ channel: "web", [REVENUE]: "10.00", [ORDERS]: 2, "ga4.sessions": 9 }],
    );
    const { stacked, own } = plan(answer, {
      kind: "bar",
      display: { stacked: true, axis: { zero: true, log: false, right: [REVENUE] } },
    });
    expect(stacked).toBe(true);
    expect(own.map(({ column, isPiled }) => [column, isPiled])).toEqual([
      [REVENUE, false],
      [ORDERS, true],
      ["ga4.sessions", true],
    ]);
    // By themselves the two counts are on the right, where nothing is piled, and the amount is alone.
    expect(plan(answer, { kind: "bar", display: { stacked: true } }).stacked).toBe(false);
    const euros = answerOf(
      [group("channel", "Channel"), money(), { ...money("shopify.net", "Net"), currency: "EUR" }],
      [{ channel: "web", [REVENUE]: "10.00", "shopify.net": "9.00" }],
      { totals: { [REVENUE]: "10.00", "shopify.net": "9.00" } },
    );
    const left = { stacked: true, axis: { zero: true, log: false, right: ["none"] } };
    expect(plan(euros, { kind: "bar", display: left }).stacked).toBe(false);
  });

  it("leaves out what is switched off, and keeps everybody's colour", () => {
    const rows = ["web", "pos"].map((channel) => ({ time: "2026-10-01", channel, [ORDERS]: 1 }));
    const answer = answerOf([time, group("channel", "Channel"), count()], rows);
    const all = plan(answer, { kind: "line" });
    const first = all.own[0]?.key ?? "";
    const some = plan(answer, { kind: "line" }, new Set([first]));
    expect(some.chart.map(({ key }) => key)).toEqual([all.own[1]?.key]);
    expect(some.own.map(({ colour }) => colour)).toEqual(all.own.map(({ colour }) => colour));
  });
});

describe("colours", () => {
  const of = (groups: (string | null)[], display = {}) => {
    const series = groups.map((name) => ({
      key: name ?? "other",
      column: ORDERS,
      group: name ?? "",
      isOther: name === null,
    }));
    return coloursOf(series, display, answerOf([], []));
  };

  it("are the same for a group whatever else is there, unless another has taken it", () => {
    const alone = of(["web"]).get("web");
    expect(of(["web", "pos"]).get("web")).toBe(alone);
    expect(of(["pos", "web"]).get("web")).toBe(alone);
  });

  it("differ for all groups of a chart", () => {
    const colours = of(["a", "b", "c", "d", "e", "f", "g", "h"]);
    expect(new Set(colours.values()).size).toBe(8);
  });

  it("are the ones that were chosen", () => {
    const colours = of(["web", "pos"], { colours: { web: 7 } });
    expect(colours.get("web")).toBe("var(--series-7)");
    expect(colours.get("pos")).not.toBe("var(--series-7)");
  });

  it("leave what is left without one", () => {
    expect(of(["web", null]).get("other")).toBe(OTHER_COLOUR);
  });

  it("begin with the first for figures", () => {
    const series = [REVENUE, ORDERS].map((key) => ({ key, column: key, group: null, isOther: false }));
    expect([...coloursOf(series, {}, answerOf([], [])).values()]).toEqual([
      "var(--series-1)",
      "var(--series-2)",
    ]);
  });
});

describe("parts of a whole", () => {
  const columns = [group("channel", "Channel"), money()];
  const rows = [
    { channel: "web", [REVENUE]: "75.00" },
    { channel: "pos", [REVENUE]: "25.00" },
  ];

  it("have their shares, the largest first", () => {
    const data = pieData(answerOf(columns, rows, { totals: { [REVENUE]: "100.00" } }), {}, registry);
    expect(data?.slices.map(({ title, share: part }) => [title, part])).toEqual([
      ["web", 0.75],
      ["pos", 0.25],
    ]);
    expect(data?.total).toBe("100.00");
  });

  it("are parts of all that there is, not of what is listed", () => {
    const answer = answerOf(columns, rows, { totals: { [REVENUE]: "200.00" } });
    const data = pieData(answer, {}, registry);
    expect(data?.slices.map(({ title, value, share: part }) => [title, value, part])).toEqual([
      ["web", "75.00", 0.375],
      ["pos", "25.00", 0.125],
      ["The rest", "100.00", 0.5],
    ]);
    expect(data?.problem).toBeNull();
  });

  it("have no slices and no shares where one is below zero, or they are more than the whole", () => {
    const refunds = [...rows, { channel: "app", [REVENUE]: "-10.00" }];
    const data = pieData(answerOf(columns, refunds, { totals: { [REVENUE]: "90.00" } }), {}, registry);
    expect(data?.problem).toMatch(/below zero/);
    expect(data?.slices.map(({ title, share: part }) => [title, part])).toEqual([
      ["web", null],
      ["pos", null],
      ["app", null],
    ]);
    const hidden = pieData(answerOf(columns, rows, { totals: { [REVENUE]: "90.00" } }), {}, registry);
    expect(hidden?.problem).toMatch(/more than the whole/);
    expect(hidden?.slices[0]?.share).toBeNull();
  });

  it("have no whole where they are amounts of several currencies", () => {
    const answer = answerOf(
      [group("currency", "Currency"), { ...money(), currency: null }],
      [
        { currency: "EUR", [REVENUE]: "5.00" },
        { currency: "JPY", [REVENUE]: "900" },
      ],
      { totals: { [REVENUE]: null } },
    );
    const data = pieData(answer, {}, registry);
    expect(data?.problem).toMatch(/several currencies/);
    expect(data?.slices.map(({ measure, share: part }) => [measure.currency, part])).toEqual([
      ["JPY", null],
      ["EUR", null],
    ]);
  });

  it("say that they are all zero", () => {
    const none = rows.map((row) => ({ ...row, [REVENUE]: "0.00" }));
    const data = pieData(answerOf(columns, none, { totals: { [REVENUE]: "0.00" } }), {}, registry);
    expect(data?.problem).toMatch(/zero/);
  });

  it("have no shares where they do not add up", () => {
    const customers = answerOf(
      [group("channel", "Channel"), count("shopify.customers", "Customers")],
      [
        { channel: "web", "shopify.customers": 8 },
        { channel: "pos", "shopify.customers": 5 },
      ],
      { totals: { "shopify.customers": 10 } },
    );
    expect(pieData(customers, {}, registry)?.problem).toMatch(/do not add up/);
    expect(pieData(customers, {}, registry)?.slices.map(({ share: part }) => part)).toEqual([null, null]);
    // And where nobody says whether they do, the answer itself shows it.
    expect(pieData(customers, {}, undefined)?.slices[0]?.share).toBeNull();
  });

  it("are figures where rows are not cut", () => {
    const answer = answerOf([count("a", "New"), count("b", "Returning")], [], { totals: { a: 30, b: 10 } });
    expect(pieData(answer, {}, registry)?.slices.map(({ title, share: part }) => [title, part])).toEqual([
      ["New", 0.75],
      ["Returning", 0.25],
    ]);
  });

  it("are told in one behind the largest, to the last digit", () => {
    const many = Array.from({ length: 12 }, (_, index) => ({
      channel: `c${index}`,
      [REVENUE]: `${100 - index}.10`,
    }));
    const data = pieData(answerOf(columns, many), {}, registry);
    expect(data?.slices).toHaveLength(8);
    // 93.10 + 92.10 + 91.10 + 90.10 + 89.10
    expect(data?.slices.at(-1)).toMatchObject({ title: "5 others", value: "455.50", colour: OTHER_COLOUR });
  });
});

describe("whether figures add up", () => {
  const answer = (values: number[], total: number | null, parts = {}) =>
    answerOf(
      [count("x", "X")],
      values.map((x) => ({ x })),
      { totals: { x: total }, ...parts },
    );

  it("is what the registry says, and otherwise what they come to", () => {
    expect(addsUp(answerOf([money()], []), REVENUE, registry)).toBe(true);
    expect(addsUp(answer([8, 5], 13), "x", registry)).toBe(true);
    expect(addsUp(answer([8, 5], 10), "x", registry)).toBe(false);
    expect(addsUp(answer([8, 5], null), "x", registry)).toBe(false);
    expect(addsUp(answer([8, 5], 13, { truncated: true }), "x", registry)).toBe(false);
    expect(addsUp(answer([1 / 3, 1 / 3], 0.666667), "x", registry)).toBe(true);
  });

  it("decides whether money is written to the last digit", () => {
    expect(readPrecision(REVENUE, { unit: "currency" }, registry)).toBe("exact");
    expect(readPrecision("shopify.aov", { unit: "currency" }, registry)).toBe("currency");
    expect(readPrecision(ORDERS, { unit: "count" }, undefined)).toBe("exact");
  });
});

describe("the hours of a week", () => {
  const hours = (values: [string, string | null][]) =>
    withMeta(
      answerOf(
        [time, money()],
        values.map(([at, value]) => ({ time: at, [REVENUE]: value })),
      ),
      {},
    );

  it("are averaged, as a range has more of some weekdays than of others", () => {
    const cells = heatCells(
      hours([
        // Two Thursdays and a Friday, on the store's clock.
        ["2026-10-01T15:00:00-04:00", "10.00"],
        ["2026-10-08T15:00:00-04:00", "5.01"],
        ["2026-10-02T15:00:00-04:00", "8.00"],
      ]),
    );
    expect(cells[3 * 24 + 15]).toEqual({ total: "15.01", times: 2, average: "7.51" });
    expect(cells[4 * 24 + 15]).toEqual({ total: "8.00", times: 1, average: "8.00" });
  });

  it("are not known where nothing was measured, which is not zero", () => {
    const cells = heatCells(
      hours([
        ["2026-10-01T15:00:00-04:00", null],
        ["2026-10-02T15:00:00-04:00", "0.00"],
      ]),
    );
    expect(cells[3 * 24 + 15]).toEqual({ total: null, times: 0, average: null });
    expect(cells[4 * 24 + 15]).toMatchObject({ total: "0.00", times: 1 });
  });

  it("leave out the hour that is not over", () => {
    const answer = withMeta(
      hours([
        ["2026-10-01T15:00:00-04:00", "10.00"],
        ["2026-10-08T15:00:00-04:00", "0.50"],
      ]),
      { incomplete: ["2026-10-08T15:00:00-04:00"] },
    );
    expect(heatCells(answer)[3 * 24 + 15]).toMatchObject({ total: "10.00", times: 1 });
  });

  it("count both hours that a clock shows twice", () => {
    const cells = heatCells(
      hours([
        ["2026-11-01T01:00:00-04:00", "1.00"],
        ["2026-11-01T01:00:00-05:00", "3.00"],
      ]),
    );
    expect(cells[6 * 24 + 1]).toEqual({ total: "4.00", times: 2, average: "2.00" });
  });
});

describe("a goal", () => {
  const october = { from: "2026-10-01", to: "2026-10-31" };

  it("is of the range, of each day or of each month", () => {
    expect(goalTarget({ value: "50000", by: "range" }, october)).toBe("50000");
    expect(goalTarget({ value: "1000.50", by: "day" }, october)).toBe("31015.50");
    expect(goalTarget({ value: "31000", by: "month" }, october)).toBe("31000.00");
  });

  it("has the part of a month that the range has", () => {
    // 10 of 31 days of October and 15 of 30 of November.
    const range = { from: "2026-10-22", to: "2026-11-15" };
    expect(goalTarget({ value: "3100", by: "month" }, range)).toBe("2550.00");
  });

  it("is none where it is no number", () => {
    expect(goalTarget({ value: "a lot", by: "range" }, october)).toBeNull();
    // A document may come from elsewhere.
    expect(goalTarget({ value: 50, by: "range" }, october)).toBe("50");
  });

  it("is measured against the time that has passed", () => {
    const range = { start: "2026-11-20T00:00:00Z", end: "2026-11-24T00:00:00Z" };
    expect(passedPart(range, new Date("2026-11-21T00:00:00Z"))).toBe(0.25);
    expect(passedPart(range, new Date("2026-12-01T00:00:00Z"))).toBe(1);
    expect(passedPart(range, new Date("2026-11-01T00:00:00Z"))).toBe(0);
  });

  it("is on pace while it is as far as the time, and of costs is a limit", () => {
    expect(verdictOf(0.5, 0.4, false)).toEqual({ words: "On pace", tone: "good" });
    expect(verdictOf(0.3, 0.4, false)).toEqual({ words: "Behind pace", tone: "bad" });
    expect(verdictOf(1.1, 0.4, false).words).toBe("Reached");
    expect(verdictOf(0.9, 1, false).words).toBe("Not reached");
    expect(verdictOf(0.5, 0.4, true).tone).toBe("bad");
    expect(verdictOf(0.9, 1, true)).toEqual({ words: "Within the limit", tone: "good" });
    expect(verdictOf(1.1, 1, true)).toEqual({ words: "Over the limit", tone: "bad" });
  });
});

describe("thresholds", () => {
  const at = (value: string, operator: "gte" | "lte", tone: "good" | "warn" | "bad") => ({
    column: REVENUE,
    operator,
    value,
    tone,
  });

  it("are compared digit by digit, and the first that is met counts", () => {
    const thresholds = [at("100.10", "gte", "good"), at("50", "gte", "warn"), at("0", "lte", "bad")];
    expect(thresholdOf("100.1", REVENUE, thresholds)?.tone).toBe("good");
    expect(thresholdOf("100.09999999999999999", REVENUE, thresholds)?.tone).toBe("warn");
    expect(thresholdOf("0.00", REVENUE, thresholds)?.tone).toBe("bad");
    expect(thresholdOf("1", REVENUE, thresholds)).toBeNull();
  });

  it("say nothing of another figure, or of none", () => {
    expect(thresholdOf("500", ORDERS, [at("1", "gte", "good")])).toBeNull();
    expect(thresholdOf(null, REVENUE, [at("1", "gte", "good")])).toBeNull();
    expect(thresholdOf("500", REVENUE, undefined)).toBeNull();
  });
});

describe("a source that is missing", () => {
  const csat = count("gorgias.csat", "Customer satisfaction");
  const without = (warnings: { code: string; detail: string }[], value: number | null = null) =>
    withMeta(answerOf([csat], [], { totals: { "gorgias.csat": value } }), {
      as_of: { gorgias: null },
      warnings,
    });

  it("is one that nobody reads and that has nothing", () => {
    expect(missingSource(without([{ code: "no_data", detail: "no data" }]))).toBe("gorgias");
  });

  it("is none that is only behind, or of which something is known", () => {
    expect(missingSource(without([{ code: "source_behind", detail: "read for the first time" }]))).toBeNull();
    expect(missingSource(without([], 4))).toBeNull();
    expect(missingSource(answerOf([csat], []))).toBeNull();
  });
});
