import {
  comparisonFor,
  defaultGranularity,
  granularitiesFor,
  parseComparison,
  parseRange,
  pickGranularity,
  PRESETS,
  resolveRange,
  writeRange,
} from "./range";

const calendar = { today: "2026-11-21", weekStart: "monday" };

describe("a range in an address", () => {
  it("survives being written and read", () => {
    for (const preset of PRESETS) expect(parseRange(writeRange(preset))).toBe(preset);
    const own = { from: "2026-10-01", to: "2026-10-31" };
    expect(writeRange(own)).toBe("2026-10-01..2026-10-31");
    expect(parseRange(writeRange(own))).toEqual(own);
  });

  it("is dropped when it means nothing", () => {
    for (const text of [
      "last_5_days",
      "2026-10-31..2026-10-01",
      "2026-02-30..2026-03-01",
      "2026-10-01",
      "2026-10-01..2026-10-02..2026-10-03",
      "",
      7,
      undefined,
    ]) {
      expect(parseRange(text)).toBeUndefined();
    }
    expect(parseComparison("previous_year")).toBe("previous_year");
    expect(parseComparison("next_year")).toBeUndefined();
  });
});

describe("presets", () => {
  it("of the last days are complete and end yesterday", () => {
    expect(resolveRange("last_7_days", calendar)).toEqual({ from: "2026-11-14", to: "2026-11-20" });
    expect(resolveRange("last_30_days", calendar)).toEqual({ from: "2026-10-22", to: "2026-11-20" });
    expect(resolveRange("yesterday", calendar)).toEqual({ from: "2026-11-20", to: "2026-11-20" });
  });

  it("to date end today", () => {
    expect(resolveRange("today", calendar)).toEqual({ from: "2026-11-21", to: "2026-11-21" });
    expect(resolveRange("month_to_date", calendar)).toEqual({ from: "2026-11-01", to: "2026-11-21" });
    expect(resolveRange("quarter_to_date", calendar)).toEqual({ from: "2026-10-01", to: "2026-11-21" });
    expect(resolveRange("year_to_date", calendar)).toEqual({ from: "2026-01-01", to: "2026-11-21" });
  });

  it("of weeks begin where the store's week begins", () => {
    expect(resolveRange("this_week", calendar)).toEqual({ from: "2026-11-16", to: "2026-11-21" });
    expect(resolveRange("last_week", { ...calendar, weekStart: "sunday" })).toEqual({
      from: "2026-11-08",
      to: "2026-11-14",
    });
  });

  it("of months are whole months", () => {
    expect(resolveRange("last_12_months", calendar)).toEqual({ from: "2025-11-01", to: "2026-10-31" });
    expect(resolveRange("last_month", calendar)).toEqual({ from: "2026-10-01", to: "2026-10-31" });
    expect(resolveRange("last_month", { ...calendar, today: "2026-01-31" })).toEqual({
      from: "2025-12-01",
      to: "2025-12-31",
    });
  });

  it("of all time reach from the first data to today", () => {
    const data = { from: "2017-01-01", to: "2017-12-31" };
    expect(resolveRange("all_time", { ...calendar, data })).toEqual({ from: "2017-01-01", to: "2026-11-21" });
    expect(resolveRange("all_time", calendar)).toEqual({ from: "2026-11-21", to: "2026-11-21" });
  });
});

it("compares all time with nothing before it, but with other years", () => {
  expect(comparisonFor("all_time", "previous_period")).toBe("none");
  expect(comparisonFor("all_time", "previous_year")).toBe("previous_year");
  expect(comparisonFor("last_7_days", "previous_period")).toBe("previous_period");
});

describe("the granularity", () => {
  const days = (from: string, to: string) => ({ from, to });

  it("fits the length of the range", () => {
    expect(defaultGranularity(days("2026-11-21", "2026-11-21"))).toBe("hour");
    expect(defaultGranularity(days("2026-10-22", "2026-11-20"))).toBe("day");
    expect(defaultGranularity(days("2025-11-21", "2026-11-20"))).toBe("week");
    expect(defaultGranularity(days("2017-01-01", "2026-11-20"))).toBe("month");
  });

  it("asked for is taken only where it suits", () => {
    const month = days("2026-10-22", "2026-11-20");
    expect(granularitiesFor(month)).toEqual(["day", "week"]);
    expect(pickGranularity("week", month)).toBe("week");
    expect(pickGranularity("month", month)).toBe("day");
    expect(pickGranularity("hour", month)).toBe("day");
    expect(pickGranularity(undefined, month)).toBe("day");
  });

  it("is always one of those on offer", () => {
    for (let length = 0; length < 2000; length += 1) {
      const to = new Date(Date.UTC(2020, 0, 1 + length)).toISOString().slice(0, 10);
      const range = days("2020-01-01", to);
      expect(granularitiesFor(range)).toContain(defaultGranularity(range));
    }
  });
});
