import { chartMarks } from "./axis-marks";
import type { DataPoint } from "./series-data";
import type { AxisMark } from "./types";

const point = (key: string): DataPoint => ({
  key,
  axis: key,
  title: key,
  time: {
    key,
    axis: key,
    title: key,
    unfinished: false,
    clipped: false,
    comparedTitle: null,
    note: () => null,
  },
});

const mark = (first: string, last = first): AxisMark => ({
  id: first,
  first,
  last,
  title: "Sale",
  kind: "sale",
  automatic: false,
});

function placesOf(marks: AxisMark[], keys: string[], end: string) {
  return chartMarks(marks, keys.map(point), end).map(({ first, last }) => [first, last]);
}

it("finds the days of a mark", () => {
  const days = ["2026-10-01", "2026-10-02", "2026-10-03"];
  expect(placesOf([mark("2026-10-02")], days, "2026-10-03")).toEqual([[1, 1]]);
  expect(placesOf([mark("2026-10-02", "2026-10-03")], days, "2026-10-03")).toEqual([[1, 2]]);
});

it("shows as much of it as lies in the range", () => {
  const days = ["2026-10-01", "2026-10-02", "2026-10-03"];
  expect(placesOf([mark("2026-09-01", "2026-10-02")], days, "2026-10-03")).toEqual([[0, 1]]);
  expect(placesOf([mark("2026-10-03", "2026-12-01")], days, "2026-10-03")).toEqual([[2, 2]]);
});

it("leaves out what was before or is after", () => {
  const days = ["2026-10-01", "2026-10-02"];
  expect(placesOf([mark("2026-09-30"), mark("2026-10-03")], days, "2026-10-02")).toEqual([]);
});

it("finds the week that a day lies in, the last one to the end of the range", () => {
  const weeks = ["2026-10-05", "2026-10-12"];
  expect(placesOf([mark("2026-10-08"), mark("2026-10-15")], weeks, "2026-10-16")).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

it("begins with the first hour of a day and ends with its last", () => {
  const hours = ["2026-10-01T22:00:00-04:00", "2026-10-01T23:00:00-04:00", "2026-10-02T00:00:00-04:00"];
  expect(placesOf([mark("2026-10-01")], hours, "2026-10-02")).toEqual([[0, 1]]);
});

it("has no place among things that are no times", () => {
  expect(chartMarks([mark("2026-10-01")], [{ ...point("web"), time: null }], "2026-10-02")).toEqual([]);
});
