import { isShorter, keptSince, monthsCheck, timeInWords } from "./retention";

it("knows what keeps less than before", () => {
  expect(isShorter(12, null)).toBe(true);
  expect(isShorter(12, 24)).toBe(true);
  expect(isShorter(24, 24)).toBe(false);
  expect(isShorter(36, 24)).toBe(false);
  expect(isShorter(null, 24)).toBe(false);
  expect(isShorter(null, null)).toBe(false);
});

it.each(["0", "241", "-1", "1.5", "", "a year", "1e2"])("takes no %j for a number of months", (text) => {
  expect(monthsCheck(text)).toBe("Enter a number from 1 to 240.");
});

it.each(["1", " 24 ", "240"])("takes %j for a number of months", (text) => {
  expect(monthsCheck(text)).toBeNull();
});

it("says a time in words", () => {
  expect([null, 1, 24].map(timeInWords)).toEqual(["for ever", "for 1 month", "for 24 months"]);
});

describe("the first day that is kept", () => {
  const [newYork, kolkata] = [{ timezone: "America/New_York" }, { timezone: "Asia/Kolkata" }];

  it("begins a month, as many before the one that is under way", () => {
    const now = new Date("2026-11-21T12:00:00Z");
    expect(keptSince(1, [newYork], now)).toBe("2026-10-01");
    expect(keptSince(12, [newYork, kolkata], now)).toBe("2025-11-01");
    expect(keptSince(240, [newYork], now)).toBe("2006-11-01");
  });

  it("is of the stores' calendars, and none where they differ", () => {
    // Still November in New York, and already December in Kolkata.
    const now = new Date("2026-12-01T02:00:00Z");
    expect(keptSince(1, [newYork], now)).toBe("2026-10-01");
    expect(keptSince(1, [kolkata], now)).toBe("2026-11-01");
    expect(keptSince(1, [newYork, kolkata], now)).toBeNull();
    expect(keptSince(1, [], now)).toBeNull();
  });
});
