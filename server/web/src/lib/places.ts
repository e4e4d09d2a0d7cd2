import { locale } from "@/lib/format/locale";
import { ownZone } from "@/lib/format/date";

/** The zones of the tz database that this browser knows, its own among them. */
export function timeZones(): string[] {
  return [...new Set([...Intl.supportedValuesOf("timeZone"), ownZone(), "UTC"])].sort();
}

/** What stores mostly trade in; the others follow by their code. */
const USUAL = ["USD", "EUR", "GBP", "INR", "JPY", "AUD", "CAD", "CHF", "SEK", "BRL", "MXN", "SGD"];

/** Codes of ISO 4217 with their names in the reader's language: the usual ones, and all. */
export function currencies(): { usual: [code: string, name: string][]; all: [code: string, name: string][] } {
  const names = new Intl.DisplayNames([locale(), "en"], { type: "currency" });
  const named = (code: string): [string, string] => [code, names.of(code) ?? code];
  return { usual: USUAL.map(named), all: Intl.supportedValuesOf("currency").map(named) };
}

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

export type WeekDay = (typeof DAYS)[number];

/** The days by name, in the reader's language. */
export function weekDays(): [day: WeekDay, name: string][] {
  const format = new Intl.DateTimeFormat(locale(), { weekday: "long", timeZone: "UTC" });
  // 5 January 2026 was a Monday.
  return DAYS.map((day, index) => [day, format.format(new Date(Date.UTC(2026, 0, 5 + index)))]);
}

interface WeekInfo {
  /** 1 is Monday, 7 is Sunday. */
  firstDay: number;
}

/** The day that weeks begin with where the reader is, as far as the browser says so. */
export function firstWeekDay(): WeekDay {
  const own = new Intl.Locale(navigator.language) as Intl.Locale & {
    getWeekInfo?: () => WeekInfo;
    weekInfo?: WeekInfo;
  };
  const info = own.getWeekInfo?.() ?? own.weekInfo;
  return DAYS[(info?.firstDay ?? 1) - 1] ?? "monday";
}
