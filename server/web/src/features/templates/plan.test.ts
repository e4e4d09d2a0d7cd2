import type { DashboardDocument, Widget } from "@/lib/dashboards/document";
import { countWidgets, planOf } from "./plan";

function widget(id: string, size: Widget["size"]): Widget {
  const own = { range: null, compare: null, stores: null, filters: "add" } as const;
  return { id, kind: "kpi", size, title: null, note: null, query: null, own, display: {}, text: null };
}

const document: DashboardDocument = {
  version: 1,
  settings: { range: "last_30_days", compare: "previous_period", stores: null, currency: null, filters: [] },
  sections: [
    {
      id: "first1",
      title: null,
      columns: 1,
      collapsed: false,
      widgets: [widget("small1", "small"), widget("large1", "large"), widget("fullw1", "full")],
    },
    {
      id: "third3",
      title: "More",
      columns: 3,
      collapsed: true,
      widgets: [widget("medium", "medium"), widget("large3", "large"), widget("fullw3", "full")],
    },
  ],
};

test("a template is drawn with as many tracks as its sections have, and its widgets in their sizes", () => {
  const [one, three] = planOf(document);
  const sizes = (plan = one) => plan?.blocks.map(({ columns, rows }) => `${columns}x${rows}`);
  expect([one?.tracks, three?.tracks]).toEqual([2, 6]);
  // Nothing is wider than its section.
  expect(sizes()).toEqual(["1x1", "2x2", "2x3"]);
  expect(sizes(three)).toEqual(["2x2", "4x2", "6x3"]);
  expect(countWidgets(document)).toBe(6);
});
