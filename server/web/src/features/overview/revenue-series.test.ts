import { metricResponse } from "@/test/responses";
import { chartPoints, REVENUE, revenueBuckets } from "./revenue-series";

const now = new Date("2026-11-21T12:00:00Z");

function weeks(end: string) {
  const response = metricResponse(REVENUE, {
    rows: [
      { time: "2026-11-09", [REVENUE]: "10.00" },
      { time: "2026-11-16", [REVENUE]: "20.00" },
    ],
  });
  const range = { ...response.meta.range, end };
  return {
    ...response,
    meta: { ...response.meta, range, incomplete: ["2026-11-16"], clipped: ["2026-11-16"] },
  };
}

it("has this week so far only in a range that goes on", () => {
  const [, week] = revenueBuckets(weeks("2026-11-22T00:00:00-05:00"), "week", now);
  expect(week).toMatchObject({ unfinished: true, clipped: false, note: "not over yet" });
});

it("has a part of this week in a range that ended yesterday", () => {
  const buckets = revenueBuckets(weeks("2026-11-21T00:00:00-05:00"), "week", now);
  expect(buckets[0]).toMatchObject({ unfinished: false, clipped: false, note: null });
  expect(buckets[1]).toMatchObject({ unfinished: false, clipped: true, note: "part of the week" });
  expect(chartPoints(buckets).map((point) => point.partial)).toEqual([false, true]);
});

it("does not say of a day that is over that it is not, but that its source is behind", () => {
  const times = ["2026-11-19", "2026-11-21"];
  const response = metricResponse(REVENUE, { rows: times.map((time) => ({ time, [REVENUE]: "1.00" })) });
  const range = { ...response.meta.range, end: "2026-11-22T00:00:00-05:00" };
  const meta = { ...response.meta, range, incomplete: times };
  const notes = revenueBuckets({ ...response, meta }, "day", now).map(({ note }) => note);
  expect(notes).toEqual(["its source is behind", "not over yet"]);
});

describe("a bucket that has no data and is not over", () => {
  const empty = (times: string[], end: string) => {
    const response = metricResponse(REVENUE, { rows: times.map((time) => ({ time, [REVENUE]: null })) });
    const range = { ...response.meta.range, end };
    return { ...response, meta: { ...response.meta, range, incomplete: times } };
  };
  const notes = (response: ReturnType<typeof empty>, bucket: "hour" | "day" | "week", at: Date) =>
    revenueBuckets(response, bucket, at).map(({ note }) => note);

  it("is to come only when it begins after now", () => {
    const days = empty(["2026-11-21", "2026-11-22"], "2026-11-23T00:00:00-05:00");
    expect(notes(days, "day", now)).toEqual(["no data yet", "to come"]);
    const thisAndNext = empty(["2026-11-16", "2026-11-23"], "2026-11-30T00:00:00-05:00");
    expect(notes(thisAndNext, "week", now)).toEqual(["no data yet", "to come"]);
    const hours = empty(
      ["2026-11-21T07:00:00-05:00", "2026-11-21T08:00:00-05:00"],
      "2026-11-22T00:00:00-05:00",
    );
    expect(notes(hours, "hour", new Date("2026-11-21T12:30:00Z"))).toEqual(["no data yet", "to come"]);
  });

  it("begins with the store's day, wherever it is read", () => {
    const days = empty(["2026-11-21", "2026-11-22"], "2026-11-23T00:00:00-05:00");
    expect(notes(days, "day", new Date("2026-11-22T04:59:00Z"))).toEqual(["no data yet", "to come"]);
    expect(notes(days, "day", new Date("2026-11-22T05:00:00Z"))).toEqual(["no data yet", "no data yet"]);
  });
});

it("draws what is not known as a gap", () => {
  const response = metricResponse(REVENUE, { rows: [{ time: "2026-10-01", [REVENUE]: null }] });
  const [day] = revenueBuckets(response, "day", now);
  expect(day).toMatchObject({ revenue: null, note: "no data" });
  expect(chartPoints(day ? [day] : [])[0]?.values).toEqual({ current: null, previous: null });
});
