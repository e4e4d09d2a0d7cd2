import { plain } from "@/test/text";
import {
  formatAge,
  formatAgo,
  formatBucket,
  formatInstant,
  formatPeriod,
  formatRange,
  formatSoon,
  zoneOffset,
} from "./date";

// The tests run in Tokyo's zone: whatever shifts a store's day by the browser's zone shows itself here.
it("runs far away from the stores", () => {
  expect(new Date("2026-10-01T00:00:00Z").getHours()).toBe(9);
});

describe("time buckets", () => {
  it("keep the store's day", () => {
    expect(formatBucket("2026-10-01", "day", "short")).toBe("Oct 1");
    expect(formatBucket("2026-10-01", "day", "long")).toBe("Thu, Oct 1, 2026");
  });

  it("keep the hour on the store's clock, whatever its offset", () => {
    expect(formatBucket("2026-10-01T23:00:00-04:00", "hour", "short")).toBe("11 PM");
    expect(formatBucket("2026-10-01T00:30:00+05:30", "hour", "long")).toBe("Thu, Oct 1, 12:30 AM");
  });

  it("name weeks, months, quarters and years", () => {
    expect(plain(formatBucket("2026-09-28", "week", "long"))).toBe("Sep 28 – Oct 4, 2026");
    expect(formatBucket("2026-10-01", "month", "long")).toBe("October 2026");
    expect(formatBucket("2026-10-01", "quarter", "short")).toBe("Q4 2026");
    expect(formatBucket("2026-01-01", "year", "short")).toBe("2026");
  });
});

describe("ranges and instants", () => {
  it("name both ends once", () => {
    expect(plain(formatRange({ from: "2026-10-01", to: "2026-10-31" }))).toBe("Oct 1 – 31, 2026");
    expect(formatRange({ from: "2026-10-01", to: "2026-10-01" })).toBe("Oct 1, 2026");
  });

  it("say when a period ends within a day", () => {
    const day = { from: "2026-11-20", to: "2026-11-20" };
    expect(formatPeriod({ ...day, end: "2026-11-21T00:00:00-05:00" })).toBe("Nov 20, 2026");
    expect(plain(formatPeriod({ ...day, end: "2026-11-20T07:03:00-05:00" }))).toBe(
      "Nov 20, 2026, until 7:03 AM",
    );
    // The clock of Santiago goes forward at midnight: September 6 begins at 01:00.
    const before = { from: "2026-09-05", to: "2026-09-05" };
    expect(formatPeriod({ ...before, end: "2026-09-06T01:00:00-03:00" })).toBe("Sep 5, 2026");
    const first = { from: "2026-09-06", to: "2026-09-06" };
    expect(plain(formatPeriod({ ...first, end: "2026-09-06T01:30:00-03:00" }))).toBe(
      "Sep 6, 2026, until 1:30 AM",
    );
  });

  it("show an instant as the store's clock shows it", () => {
    const now = new Date("2026-11-21T00:00:00Z");
    expect(formatInstant("2026-10-31T22:10:00Z", "America/New_York", now)).toBe("Oct 31, 6:10 PM");
    expect(formatInstant("2026-10-31T22:10:00Z", "Asia/Kolkata", now)).toBe("Nov 1, 3:40 AM");
    expect(formatInstant("2017-12-31T22:10:00Z", "America/New_York", now)).toBe("Dec 31, 2017, 5:10 PM");
  });

  it("show what is soon to come on the reader's own clock", () => {
    const now = new Date("2026-11-21T12:00:00Z");
    const soon = (instant: string, timezone: string) => plain(formatSoon(instant, timezone, now));
    expect(soon("2026-11-21T12:05:00Z", "Asia/Tokyo")).toBe("at 9:05 PM");
    expect(soon("2026-11-21T12:05:00Z", "America/New_York")).toBe("at 9:05 PM your time");
    expect(soon("2026-11-21T15:05:00Z", "Asia/Tokyo")).toBe("on Nov 22, 12:05 AM");
    expect(soon("2026-11-21T12:00:00Z", "America/New_York")).toBe("shortly");
  });

  it("say how far a zone is from UTC", () => {
    expect(zoneOffset("Asia/Kolkata", new Date("2026-10-31T22:10:00Z"))).toBe("GMT+5:30");
    expect(zoneOffset("America/New_York", new Date("2026-07-01T00:00:00Z"))).toBe("GMT−4");
  });
});

describe("how long ago", () => {
  const now = new Date("2026-11-21T12:00:00Z");

  it.each([
    ["2026-11-21T11:59:30Z", "just now"],
    ["2026-11-21T12:00:20Z", "just now"],
    ["2026-11-21T11:58:59Z", "1 minute ago"],
    ["2026-11-21T09:10:00Z", "2 hours ago"],
    ["2026-11-20T12:00:00Z", "yesterday"],
    ["2026-11-09T12:00:00Z", "12 days ago"],
    ["2026-08-21T12:00:00Z", "3 months ago"],
  ])("says of %s: %s", (instant, words) => {
    expect(formatAgo(instant, now)).toBe(words);
  });

  it("says the same of an age, whatever the clock", () => {
    expect(formatAge(3 * 60_000 + 59_000)).toBe("3 minutes ago");
    expect(formatAge(20_000)).toBe("just now");
  });
});
