import type { Store } from "@/lib/api/types";
import { addMonths, startOfMonth, todayIn, type LocalDate } from "@/lib/dates";

/** The longest time that can be said, in months. */
const LONGEST = 240;

export function monthsCheck(text: string): string | null {
  const months = /^\d{1,3}$/.test(text.trim()) ? Number(text) : 0;
  return months >= 1 && months <= LONGEST ? null : `Enter a number from 1 to ${LONGEST}.`;
}

/** Whether less is kept than before; `null` is for ever. */
export function isShorter(months: number | null, before: number | null): boolean {
  return months !== null && (before === null || months < before);
}

export function timeInWords(months: number | null): string {
  if (months === null) return "for ever";
  return months === 1 ? "for 1 month" : `for ${months} months`;
}

/**
 * The first day that is kept now: whole months, besides the one that is under way. Days are the stores', so at the turn of a
 * month it may be another in one than in the other; null then, and where there is no store.
 */
export function keptSince(months: number, stores: Pick<Store, "timezone">[], now?: Date): LocalDate | null {
  const days = new Set(
    stores.map(({ timezone }) => addMonths(startOfMonth(todayIn(timezone, now)), -months)),
  );
  const [first] = days;
  return days.size === 1 && first !== undefined ? first : null;
}
