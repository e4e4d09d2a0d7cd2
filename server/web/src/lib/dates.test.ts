import { addDays, addMonths, daysIn, isLocalDate, startOfQuarter, startOfWeek, todayIn } from "./dates";

it("knows the day in a zone, not in the browser", () => {
  const instant = new Date("2026-11-01T03:30:00Z");
  expect(todayIn("America/New_York", instant)).toBe("2026-10-31");
  expect(todayIn("Europe/London", instant)).toBe("2026-11-01");
  expect(todayIn("Asia/Tokyo", instant)).toBe("2026-11-01");
});

it("steps over months, years and changes of the clock", () => {
  expect(addDays("2026-03-07", 2)).toBe("2026-03-09");
  expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
  expect(addMonths("2026-03-31", -1)).toBe("2026-02-28");
  expect(addMonths("2028-03-31", -1)).toBe("2028-02-29");
  expect(addMonths("2026-01-15", -12)).toBe("2025-01-15");
  expect(daysIn({ from: "2026-10-01", to: "2026-10-31" })).toBe(31);
});

it("starts weeks where the store starts them", () => {
  expect(startOfWeek("2026-11-21", "monday")).toBe("2026-11-16");
  expect(startOfWeek("2026-11-21", "sunday")).toBe("2026-11-15");
  expect(startOfWeek("2026-11-15", "monday")).toBe("2026-11-09");
  expect(startOfWeek("2026-11-21", "saturday")).toBe("2026-11-21");
});

it("starts quarters in January, April, July and October", () => {
  expect(startOfQuarter("2026-03-31")).toBe("2026-01-01");
  expect(startOfQuarter("2026-04-01")).toBe("2026-04-01");
  expect(startOfQuarter("2026-12-31")).toBe("2026-10-01");
});

it("takes only dates that exist", () => {
  expect(isLocalDate("2028-02-29")).toBe(true);
  expect(isLocalDate("2026-02-29")).toBe(false);
  expect(isLocalDate("2026-2-1")).toBe(false);
  expect(isLocalDate("")).toBe(false);
});
