import { filledSpans, rowsOf, spanOf, tracksOf } from "./size";

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

describe("where there is less room", () => {
  it("gives a widget that is alone in its rows all of them", () => {
    expect(filledSpans(["large", "medium"], 3, "middle")).toEqual([4, 4]);
    expect(filledSpans(["medium", "medium", "medium"], 3, "middle")).toEqual([2, 2, 4]);
    expect(filledSpans(["small", "small", "small"], 2, "narrow")).toEqual([1, 1, 2]);
  });

  it("leaves it as it is where others are beside it, those that come later as well", () => {
    expect(filledSpans(["small", "small", "small", "small", "small", "small"], 3, "middle")).toEqual(
      Array<number>(6).fill(1),
    );
    // The second flows into the hole beside the first.
    expect(filledSpans(["medium", "large", "medium"], 2, "middle")).toEqual([2, 4, 2]);
    expect(filledSpans(["small", "medium", "small"], 2, "narrow")).toEqual([1, 2, 1]);
    // Two small ones stand one above the other beside a high one.
    expect(filledSpans(["medium", "small", "small", "small"], 2, "middle")).toEqual([2, 1, 1, 1]);
  });
});
