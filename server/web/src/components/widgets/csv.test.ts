import { answerOf, beside, count, group, money, share, time } from "@/test/answers";
import { answerTable } from "./answer-table";
import { csvOf, fileName, tsvOf } from "./csv";

const REVENUE = "shopify.revenue";
const ORDERS = "shopify.orders";

const days = answerOf(
  [time, money(), count()],
  [
    { time: "2026-10-01", [REVENUE]: "1234.50", [ORDERS]: 12, ...beside(REVENUE, "1000.00", 0.2345) },
    { time: "2026-10-02", [REVENUE]: null, [ORDERS]: 0 },
  ],
  { totals: { [REVENUE]: "1234.50", [ORDERS]: 12 } },
);

describe("an answer as a table", () => {
  it("has every figure, what it was before and how it changed", () => {
    const { columns, rows, totals } = answerTable(days);
    expect(columns.map(({ title }) => title)).toEqual([
      "Day",
      "Revenue",
      "Revenue, before",
      "Revenue, change",
      "Orders",
    ]);
    expect(rows.map((row) => row.map(({ text }) => text))).toEqual([
      ["Thu, Oct 1, 2026", "$1,234.50", "$1,000.00", "+23.5%", "12"],
      ["Fri, Oct 2, 2026", "—", "—", "—", "0"],
    ]);
    expect(totals?.map(({ text }) => text)).toEqual(["Total", "$1,234.50", "—", "—", "12"]);
  });

  it("is its totals where it has no rows of its own", () => {
    const { rows, totals } = answerTable(answerOf([money()], [], { totals: { [REVENUE]: "7.00" } }));
    expect(rows.map((row) => row.map(({ text }) => text))).toEqual([["$7.00"]]);
    expect(totals).toBeNull();
  });

  it("names the currency of each row where rows are of several", () => {
    const answer = answerOf(
      [group("currency", "Currency"), { ...money(), currency: null }],
      [
        { currency: "EUR", [REVENUE]: "1.00" },
        { currency: "JPY", [REVENUE]: "100" },
      ],
    );
    expect(answerTable(answer).rows.map((row) => row[1]?.text)).toEqual(["€1.00", "¥100"]);
  });

  it("is empty where nothing is known", () => {
    expect(answerTable(answerOf([time, money()], [])).rows).toEqual([]);
  });
});

describe("a file of an answer", () => {
  it("has exact figures without signs, dates as programs read them, and names its units once", () => {
    expect(csvOf(days)).toBe(
      'Day,Revenue (USD),"Revenue, before (USD)","Revenue, change",Orders\r\n' +
        "2026-10-01,1234.50,1000.00,0.2345,12\r\n" +
        "2026-10-02,,,,0\r\n",
    );
  });

  it("quotes what has quotes, commas or lines in it", () => {
    const answer = answerOf(
      [group("product", "Product"), count()],
      [{ product: 'A "big", red\nbag', [ORDERS]: 1 }],
    );
    expect(csvOf(answer)).toBe('Product,Orders\r\n"A ""big"", red\nbag",1\r\n');
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])(
    "keeps %j from being taken for a formula",
    (name) => {
      const answer = answerOf([group("product", "Product"), count()], [{ product: name, [ORDERS]: 1 }]);
      const cell = csvOf(answer).split("\r\n")[1]?.replace(/^"/, "");
      expect(cell?.startsWith("'")).toBe(true);
      expect(tsvOf(answer).split("\n")[1]?.startsWith("'")).toBe(true);
    },
  );

  it("leaves figures below zero as they are", () => {
    const answer = answerOf(
      [group("channel", "Channel"), money(), share()],
      [{ channel: "web", [REVENUE]: "-5.00", "store.conversion_rate": -0.5 }],
    );
    expect(csvOf(answer).split("\r\n")[1]).toBe("web,-5.00,-0.5");
  });

  it("has what stands for others, and what has no name, by the name that people read", () => {
    const answer = answerOf(
      [group("country", "Country"), count()],
      [
        { country: "US", [ORDERS]: 1 },
        { country: null, [ORDERS]: 2 },
        { country: null, other: true, [ORDERS]: 3 },
      ],
    );
    expect(tsvOf(answer)).toBe("Country\tOrders\nUS\t1\nNo country\t2\nAll others\t3");
  });

  it("is called after what is in it, and of which days", () => {
    expect(fileName("Umsatz & Bestellungen, täglich", days, "csv")).toBe(
      "umsatz-bestellungen-taglich-2026-10-01-2026-10-03.csv",
    );
    expect(fileName("売上", undefined, "png")).toBe("売上.png");
    expect(fileName("../..", undefined, "png")).toBe("widget.png");
  });
});
