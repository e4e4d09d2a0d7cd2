import type { Widget } from "@/lib/dashboards/document";
import { answeredQuestions } from "./questions";

const table: Widget = {
  id: "table1",
  kind: "table",
  size: "large",
  title: null,
  note: null,
  query: { metrics: ["shopify.units"], group_by: ["product"], limit: 7, offset: 7 },
  own: { range: null, compare: null, stores: null, filters: "add" },
  display: { columns: [{ key: "shopify.units", sparkline: true }] },
  text: null,
};
const view = {
  range: "last_7_days",
  compare: "previous_period" as const,
  stores: ["s1"],
  currency: null,
  filters: [],
};

function asked(...widgets: Widget[]) {
  const settings = { range: "today", compare: "none" as const, stores: null, currency: null, filters: [] };
  const section = { id: "section1", title: null, columns: 2 as const, collapsed: false, widgets };
  return answeredQuestions({ version: 1, settings, sections: [section] }, view, () => undefined);
}

it("has what widgets ask and what the small lines of tables are drawn from", () => {
  const bare: Widget = { ...table, id: "table2", display: {} };
  const bars: Widget = { ...table, id: "bars1", kind: "bar" };
  const questions = asked(table, bare, bars);
  expect([...questions.keys()]).toEqual(["table1", "table2", "bars1", "table1:trend"]);
  // As the server has it: `the_small_lines_of_a_table_are_answered_too_and_those_of_no_other_widget`.
  expect(questions.get("table1:trend")).toEqual({
    metrics: ["shopify.units"],
    group_by: ["product"],
    limit: 10_000,
    granularity: "day",
    fill: true,
    top: { groups: 100, other: false },
    time_range: "last_7_days",
    stores: ["s1"],
  });
});
