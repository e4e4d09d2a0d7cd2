import { marksFor, type DashboardMark } from "./marks";

const mark = (id: string, store: string | null): DashboardMark => ({
  id,
  first: "2026-11-02",
  last: "2026-11-02",
  title: id,
  kind: "sale",
  automatic: false,
  store,
});

const marks = [mark("everywhere", null), mark("south", "eu"), mark("north", "us")];

it("are those of the stores that are shown, and of all stores", () => {
  expect(marksFor(marks, ["eu"]).map(({ id }) => id)).toEqual(["everywhere", "south"]);
  expect(marksFor(marks, []).map(({ id }) => id)).toEqual(["everywhere"]);
});

it("are the very same where all of them are shown", () => {
  expect(marksFor(marks, ["us", "eu"])).toBe(marks);
});
