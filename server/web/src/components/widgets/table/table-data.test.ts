import { answerOf, count, group, money, time, withMeta } from "@/test/answers";
import { columnsOf, linesOf, partialIn, sortLines, toggleSort, trendsOf, type Sort } from "./table-data";

const REVENUE = "shopify.revenue";
const ORDERS = "shopify.orders";

const products = answerOf(
  [group("product", "Product"), money(), count()],
  [
    { product: "Tea 10", [REVENUE]: "9007199254740993.01", [ORDERS]: 1 },
    { product: "tea 2", [REVENUE]: "9007199254740993.02", [ORDERS]: null },
    { product: null, [REVENUE]: "-5.00", [ORDERS]: 7 },
  ],
);

function order(sort: Sort | null) {
  const sorted = sortLines(linesOf(products), columnsOf(products, {}), sort);
  return sorted.map(({ names }) => names.product?.text);
}

describe("the order of rows", () => {
  it("is the answer's until somebody asks for another", () => {
    expect(order(null)).toEqual(["Tea 10", "tea 2", "No product"]);
  });

  it("compares figures to the last digit", () => {
    expect(order({ key: REVENUE, direction: "desc" })).toEqual(["tea 2", "Tea 10", "No product"]);
    expect(order({ key: REVENUE, direction: "asc" })).toEqual(["No product", "Tea 10", "tea 2"]);
  });

  it("has what is not known last, whichever way", () => {
    expect(order({ key: ORDERS, direction: "desc" }).at(-1)).toBe("tea 2");
    expect(order({ key: ORDERS, direction: "asc" }).at(-1)).toBe("tea 2");
  });

  it("compares names as people do, and what has none behind them", () => {
    expect(order({ key: "product", direction: "asc" })).toEqual(["tea 2", "Tea 10", "No product"]);
  });

  it("begins with the largest figure and the first name, and turns round", () => {
    const [product, revenue] = columnsOf(products, {});
    if (!product || !revenue) throw new Error("there are two columns");
    expect(toggleSort(null, revenue)).toEqual({ key: REVENUE, direction: "desc" });
    expect(toggleSort({ key: REVENUE, direction: "desc" }, revenue).direction).toBe("asc");
    expect(toggleSort({ key: REVENUE, direction: "desc" }, product)).toEqual({
      key: "product",
      direction: "asc",
    });
  });
});

it("hides columns, and knows the greatest of those that are coloured", () => {
  const columns = columnsOf(products, {
    columns: [
      { key: REVENUE, hidden: true },
      { key: ORDERS, heat: true, sparkline: true },
    ],
  });
  expect(columns.map(({ key, most, hasTrend }) => [key, most, hasTrend])).toEqual([
    ["product", null, false],
    [ORDERS, 7, true],
  ]);
});

it("gives each group its own line over time, with gaps where it has nothing", () => {
  const trend = answerOf(
    [time, group("product", "Product"), count()],
    [
      { time: "2026-10-02", product: "Tea", [ORDERS]: 2 },
      { time: "2026-10-01", product: "Tea", [ORDERS]: 1 },
      { time: "2026-10-01", product: "Cup", [ORDERS]: null },
    ],
  );
  const lines = linesOf(
    answerOf([group("product", "Product"), count()], [{ product: "Tea" }, { product: "Cup" }]),
  );
  const trends = trendsOf(trend, ORDERS);
  expect(lines.map((line) => trends.get(line.group))).toEqual([
    [1, 2],
    [null, null],
  ]);
  expect(trendsOf(undefined, ORDERS).size).toBe(0);
  // Of the last day only a part is there.
  expect(partialIn(withMeta(trend, { incomplete: ["2026-10-02"] }))).toEqual([false, true]);
});
