import { splitPartial } from "./partial";
import { pathOf, runsOf, sparklinePoints } from "./sparkline-path";

it("draws partial buckets apart, joined to the whole ones beside them", () => {
  expect(splitPartial([1, 2, 3], [false, false, true])).toEqual({
    whole: [1, 2, null],
    partial: [null, 2, 3],
  });
});

it("draws a partial bucket at the beginning apart, too", () => {
  expect(splitPartial([1, 2, 3], [true, false, false])).toEqual({
    whole: [null, 2, 3],
    partial: [1, 2, null],
  });
});

it("leaves gaps as gaps", () => {
  const runs = runsOf(sparklinePoints([4, 2, null, 0], 30, 10));
  expect(runs).toEqual([
    [
      { x: 0, y: 0 },
      { x: 10, y: 5 },
    ],
    [{ x: 30, y: 10 }],
  ]);
  expect(runs.map(pathOf)).toEqual(["M0.00 0.00L10.00 5.00", "M30.00 10.00h0"]);
});

it("starts the scale of a trend at zero, or lower where values are", () => {
  expect(sparklinePoints([5, 5], 10, 10)).toEqual([
    { x: 0, y: 0 },
    { x: 10, y: 0 },
  ]);
  expect(sparklinePoints([-5, 5], 10, 10)).toEqual([
    { x: 0, y: 10 },
    { x: 10, y: 0 },
  ]);
  expect(sparklinePoints([0, 0], 10, 10)).toEqual([
    { x: 0, y: 10 },
    { x: 10, y: 10 },
  ]);
});
