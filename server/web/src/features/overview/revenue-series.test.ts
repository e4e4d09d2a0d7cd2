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

it("draws what is not known as a gap", () => {
  const response = metricResponse(REVENUE, { rows: [{ time: "2026-10-01", [REVENUE]: null }] });
  const [day] = revenueBuckets(response, "day", now);
  expect(day).toMatchObject({ revenue: null, note: "no data" });
  expect(chartPoints(day ? [day] : [])[0]?.values).toEqual({ current: null, previous: null });
});
