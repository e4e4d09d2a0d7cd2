/*
 * Calendar dates as `YYYY-MM-DD`, always those of a store. No instant is ever made of them in the browser's zone,
 * so that a merchant in Tokyo sees the days of a store in New York as New York has them.
 */

export type LocalDate = string;

export interface DateRange {
  /** The first day. */
  from: LocalDate;
  /** The last day, included. */
  to: LocalDate;
}

const DAY = 86_400_000;

function utc(date: LocalDate): number {
  return Date.parse(`${date}T00:00:00Z`);
}

function localDate(time: number): LocalDate {
  return new Date(time).toISOString().slice(0, 10);
}

export function isLocalDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(utc(text)) && localDate(utc(text)) === text;
}

/** The day it now is in a zone. */
export function todayIn(timezone: string, now: Date = new Date()): LocalDate {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    calendar: "gregory",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(now);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return localDate(utc(date) + days * DAY);
}

/** The same day some months away; the last day of the month where that month is shorter. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const at = new Date(utc(date));
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + months);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(day, last));
  return localDate(at.getTime());
}

export function startOfMonth(date: LocalDate): LocalDate {
  return `${date.slice(0, 7)}-01`;
}

export function startOfQuarter(date: LocalDate): LocalDate {
  const month = Number(date.slice(5, 7));
  const first = month - ((month - 1) % 3);
  return `${date.slice(0, 4)}-${String(first).padStart(2, "0")}-01`;
}

export function startOfYear(date: LocalDate): LocalDate {
  return `${date.slice(0, 4)}-01-01`;
}

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** 0 for Sunday; a name that is not one counts as Monday. */
export function weekdayIndex(name: string): number {
  const index = WEEKDAYS.indexOf(name.toLowerCase());
  return index === -1 ? 1 : index;
}

export function startOfWeek(date: LocalDate, weekStart: string): LocalDate {
  const ahead = (new Date(utc(date)).getUTCDay() - weekdayIndex(weekStart) + 7) % 7;
  return addDays(date, -ahead);
}

/** How many days a range has, both ends counted. */
export function daysIn(range: DateRange): number {
  return Math.round((utc(range.to) - utc(range.from)) / DAY) + 1;
}
