import { registry } from "@/test/dashboards";
import { entriesOf, findEntries } from "./catalogue";

const entries = entriesOf(registry);
const found = (text: string, source: string | null = null) =>
  findEntries(entries, text, source).map(({ key }) => key);

it("lists metrics by source and category, and the other widgets behind them", () => {
  expect(entries.slice(0, 5).map(({ group, title }) => `${group}: ${title}`)).toEqual([
    "Shopify · Revenue: Revenue",
    "Shopify · Revenue: Average order value",
    "Shopify · Orders: Orders",
    "Google Analytics · Traffic: Sessions",
    "Google Analytics · Engagement: Bounce rate",
  ]);
  expect(entries.slice(5).map(({ kind }) => kind)).toEqual([
    "text",
    "funnel",
    "reviews",
    "experiment",
    "survey",
    "sentiment",
  ]);
});

it("finds by title, by id and by what is said of a metric, the title first", () => {
  expect(found("orders")[0]).toBe("shopify.orders");
  expect(found("aov")).toEqual(["shopify.aov"]);
  expect(found("VISITS")).toEqual(["ga4.sessions"]);
  expect(found("revenue divided")).toEqual(["shopify.aov"]);
  expect(found("markdown")).toEqual(["text"]);
  expect(found("nothing like it")).toEqual([]);
});

it("keeps to a source", () => {
  expect(found("", "ga4")).toEqual(["ga4.sessions", "ga4.bounce_rate"]);
  expect(found("orders", "ga4")).toEqual([]);
});
