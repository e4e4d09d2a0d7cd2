import type { WidgetGoal } from "@/lib/dashboards/document";
import { addDays, addMonths, daysIn, startOfMonth, type DateRange } from "@/lib/dates";
import { addDecimals, isDecimalText, multiplyDecimal } from "@/lib/decimal";

const PLACES = 2;

/** The months that a range reaches into, each with its part of the range. */
function monthsIn({ from, to }: DateRange): { days: number; of: number }[] {
  const months: { days: number; of: number }[] = [];
  for (let first = startOfMonth(from); first <= to; first = addMonths(first, 1)) {
    const last = addDays(addMonths(first, 1), -1);
    const part = { from: first < from ? from : first, to: last > to ? to : last };
    months.push({ days: daysIn(part), of: daysIn({ from: first, to: last }) });
  }
  return months;
}

/** A goal as a document has it, which may come from elsewhere with a number where a text should be. */
type WrittenGoal = Omit<WidgetGoal, "value"> & { value: string | number };

/** What the goal comes to over a range; null where it is no number. A month that is cut has its part by days. */
export function goalTarget(goal: WrittenGoal, range: DateRange): string | null {
  const { by } = goal;
  const value = String(goal.value);
  if (!isDecimalText(value)) return null;
  if (by === "range") return value;
  const places = Math.max(value.split(".")[1]?.length ?? 0, by === "day" ? 0 : PLACES);
  if (by === "day") return multiplyDecimal(value, daysIn(range), 1, places);
  const parts = monthsIn(range).map(({ days, of }) => multiplyDecimal(value, days, of, places));
  return addDecimals(parts);
}

/** The part of a range that has passed, from 0 to 1. */
export function passedPart(range: { start: string; end: string }, now: Date = new Date()): number {
  const [start, end] = [Date.parse(range.start), Date.parse(range.end)];
  if (end <= start) return 1;
  return Math.min(Math.max((now.getTime() - start) / (end - start), 0), 1);
}
