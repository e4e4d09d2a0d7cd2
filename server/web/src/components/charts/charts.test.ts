import { chartRows, partialKey } from "./rows";
import { pathOf, runsOf, sparklinePoints } from "./sparkline-path";

const series = [
  { key: "current", title: "Now", colour: "red" },
  { key: "previous", title: "Before", colour: "grey", comparison: true },
];
const point = (key: string, current: number | null, partial = false) => ({
  key,
  label: key,
  partial,
  values: { current, previous: 7 },
});

it("draws partial buckets apart, joined to the whole ones beside them", () => {
  const rows = chartRows([point("a", 1), point("b", 2), point("c", 3, true)], series);
  expect(rows.map((row) => row.current)).toEqual([1, 2, null]);
  expect(rows.map((row) => row[partialKey("current")])).toEqual([null, 2, 3]);
  expect(rows.map((row) => row.previous)).toEqual([7, 7, 7]);
});

it("draws a partial bucket at the beginning apart, too", () => {
  const rows = chartRows([point("a", 1, true), point("b", 2), point("c", 3)], series);
  expect(rows.map((row) => row.current)).toEqual([null, 2, 3]);
  expect(rows.map((row) => row[partialKey("current")])).toEqual([1, 2, null]);
});

it("leaves gaps as gaps", () => {
  const rows = chartRows([point("a", 1), point("b", null), point("c", 0)], series);
  expect(rows.map((row) => row.current)).toEqual([1, null, 0]);
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
