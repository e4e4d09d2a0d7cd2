import { rowsOf, spanOf, tracksOf } from "./size";

it("has two tracks for each column where there is room, four at most on a tablet and two on a phone", () => {
  expect(([1, 2, 3] as const).map((columns) => tracksOf(columns, "wide"))).toEqual([2, 4, 6]);
  expect(([1, 2, 3] as const).map((columns) => tracksOf(columns, "middle"))).toEqual([2, 4, 4]);
  expect(([1, 2, 3] as const).map((columns) => tracksOf(columns, "narrow"))).toEqual([2, 2, 2]);
});

it("gives each size its tracks, and none more than there are", () => {
  const spans = (columns: 1 | 2 | 3) =>
    (["small", "medium", "large", "full"] as const).map((size) => spanOf(size, columns, "wide"));
  expect(spans(1)).toEqual([1, 2, 2, 2]);
  expect(spans(2)).toEqual([1, 2, 4, 4]);
  expect(spans(3)).toEqual([1, 2, 4, 6]);
});

it("shows two small ones side by side on a phone, and all others in all of its breadth", () => {
  const spans = (["small", "medium", "large", "full"] as const).map((size) => spanOf(size, 3, "narrow"));
  expect(spans).toEqual([1, 2, 2, 2]);
});

it("keeps what fits on a tablet within its four tracks", () => {
  expect((["small", "medium", "large", "full"] as const).map((size) => spanOf(size, 3, "middle"))).toEqual([
    1, 2, 4, 4,
  ]);
});

it("makes larger ones higher", () => {
  expect((["small", "medium", "large", "full"] as const).map(rowsOf)).toEqual([1, 2, 2, 3]);
});
