import { addDays, todayIn, type DateRange, type LocalDate } from "@/lib/dates";
import { locale } from "./locale";

const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale(), options);
    formats.set(key, format);
  }
  return format;
}

/** A calendar date is written in UTC, where it was parsed: the browser's zone has no say in it. */
function calendar(date: LocalDate, options: Intl.DateTimeFormatOptions): string {
  return dateFormat({ ...options, timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));
}

export function formatDate(date: LocalDate): string {
  return calendar(date, { day: "numeric", month: "short", year: "numeric" });
}

export function formatRange(range: DateRange): string {
  if (range.from === range.to) return formatDate(range.from);
  return dateFormat({ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).formatRange(
    new Date(`${range.from}T00:00:00Z`),
    new Date(`${range.to}T00:00:00Z`),
  );
}

/** A range that may end within its last day, as the one that an unfinished period is compared with does. */
export function formatPeriod({ from, to, end }: DateRange & { end: string }): string {
  const days = formatRange({ from, to });
  // What the end says on its face is the store's clock. A day need not begin at midnight: where the clock is put forward
  // then, the whole last day ends at 01:00 of the next.
  const face = end.slice(0, 16);
  if (face.slice(0, 10) > to) return days;
  const clock = dateFormat({ hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(
    new Date(`${face}Z`),
  );
  return `${days}, until ${clock}`;
}

/** An instant as a clock in the given zone shows it; with its year where that is not the current one. */
export function formatInstant(instant: string, timezone: string, now: Date = new Date()): string {
  const thisYear = todayIn(timezone, now).slice(0, 4) === todayIn(timezone, new Date(instant)).slice(0, 4);
  return dateFormat({
    ...(!thisYear && { year: "numeric" }),
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
    timeZone: timezone,
  }).format(new Date(instant));
}

/**
 * When something soon to come is, as a part of a sentence, on the clock of whoever reads it. Said to be theirs where the
 * store's clock shows another time.
 */
export function formatSoon(instant: string, timezone: string, now: Date = new Date()): string {
  const date = new Date(instant);
  if (date <= now) return "shortly";
  const own = ownZone();
  const clock = (timeZone: string) =>
    dateFormat({ hour: "numeric", minute: "2-digit", timeZone }).format(date);
  const isToday = todayIn(own, date) === todayIn(own, now);
  const time = isToday ? `at ${clock(own)}` : `on ${formatInstant(instant, own, now)}`;
  return clock(own) === clock(timezone) ? time : `${time} your time`;
}

/** An instant to the second, with the zone whose clock it is on. */
export function formatMoment(instant: string, timezone: string): string {
  return dateFormat({
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
    timeZone: timezone,
  }).format(new Date(instant));
}

const STEPS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** How long ago something was, by the largest unit that it was at least one of. */
export function formatAgo(instant: string, now: Date = new Date()): string {
  const seconds = (now.getTime() - Date.parse(instant)) / 1000;
  const step = STEPS.find(([, length]) => seconds >= length);
  // A clock that is a little ahead of the server's must not speak of the future.
  if (!step) return "just now";
  const [unit, length] = step;
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(
    -Math.floor(seconds / length),
    unit,
  );
}

/** How long ago something is that is so old, in milliseconds. */
export function formatAge(ms: number): string {
  return formatAgo(new Date(0).toISOString(), new Date(ms));
}

/** The zone of whoever reads. */
export function ownZone(): string {
  return dateFormat({}).resolvedOptions().timeZone;
}

export type Bucket = "hour" | "day" | "week" | "month" | "quarter" | "year";

/**
 * The name of a time bucket. `time` is the local date on which it starts, or for hours an RFC 3339 time whose offset is the
 * store's: what it says on its face is the store's clock, and it is written as it stands.
 */
export function formatBucket(time: string, bucket: Bucket, length: "short" | "long"): string {
  const date = time.slice(0, 10);
  switch (bucket) {
    case "hour": {
      const face = new Date(`${time.slice(0, 16)}Z`);
      const options: Intl.DateTimeFormatOptions =
        length === "short"
          ? { hour: "numeric" }
          : { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" };
      return dateFormat({ ...options, timeZone: "UTC" }).format(face);
    }
    case "day":
      return calendar(
        date,
        length === "short"
          ? { day: "numeric", month: "short" }
          : { weekday: "short", day: "numeric", month: "short", year: "numeric" },
      );
    case "week":
      return length === "short"
        ? calendar(date, { day: "numeric", month: "short" })
        : formatRange({ from: date, to: addDays(date, 6) });
    case "month":
      return calendar(date, { month: length, year: length === "short" ? "2-digit" : "numeric" });
    case "quarter":
      return `Q${Math.ceil(Number(date.slice(5, 7)) / 3)} ${date.slice(0, 4)}`;
    case "year":
      return date.slice(0, 4);
  }
}

/** An hour of the day, on whatever day: `3 PM`. */
export function hourTitle(hour: number): string {
  return dateFormat({ hour: "numeric", timeZone: "UTC" }).format(Date.UTC(2026, 0, 5, hour));
}

/** The name of a weekday; 0 is Monday. */
export function weekdayTitle(day: number, length: "short" | "long"): string {
  // The fifth of January 2026 was a Monday.
  return dateFormat({ weekday: length, timeZone: "UTC" }).format(Date.UTC(2026, 0, 5 + day));
}

/** How far a zone is from UTC now, as `GMT−5`. */
export function zoneOffset(timezone: string, now: Date = new Date()): string {
  const parts = dateFormat({ timeZone: timezone, timeZoneName: "shortOffset" }).formatToParts(now);
  return (parts.find((part) => part.type === "timeZoneName")?.value ?? "").replace("-", "−");
}
