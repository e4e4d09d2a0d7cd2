import {
  addDays,
  addMonths,
  daysIn,
  isLocalDate,
  startOfMonth,
  startOfQuarter,
  startOfWeek,
  startOfYear,
  type DateRange,
  type LocalDate,
} from "@/lib/dates";

/** The named ranges of the metrics language, in the order in which they are offered. */
export const PRESETS = [
  "today",
  "yesterday",
  "last_7_days",
  "last_14_days",
  "last_28_days",
  "last_30_days",
  "last_90_days",
  "last_12_months",
  "this_week",
  "last_week",
  "month_to_date",
  "last_month",
  "quarter_to_date",
  "year_to_date",
  "all_time",
] as const;

export type Preset = (typeof PRESETS)[number];
export type TimeRange = Preset | DateRange;

export const COMPARISONS = [
  "previous_period",
  "previous_week",
  "previous_month",
  "previous_year",
  "none",
] as const;

export type Comparison = (typeof COMPARISONS)[number];

export const DEFAULT_RANGE: TimeRange = "last_30_days";
export const DEFAULT_COMPARISON: Comparison = "previous_period";

export const PRESET_TITLES: Record<Preset, string> = {
  today: "Today",
  yesterday: "Yesterday",
  last_7_days: "Last 7 days",
  last_14_days: "Last 14 days",
  last_28_days: "Last 28 days",
  last_30_days: "Last 30 days",
  last_90_days: "Last 90 days",
  last_12_months: "Last 12 months",
  this_week: "This week",
  last_week: "Last week",
  month_to_date: "Month to date",
  last_month: "Last month",
  quarter_to_date: "Quarter to date",
  year_to_date: "Year to date",
  all_time: "All time",
};

export const COMPARISON_TITLES: Record<Comparison, string> = {
  previous_period: "Previous period",
  previous_week: "Previous week",
  previous_month: "Previous month",
  previous_year: "Previous year",
  none: "No comparison",
};

function isPreset(text: string): text is Preset {
  return (PRESETS as readonly string[]).includes(text);
}

/** Reads a range as it stands in an address: a preset's name, or `2026-10-01..2026-10-31`. Undefined for anything else. */
export function parseRange(text: unknown): TimeRange | undefined {
  if (typeof text !== "string") return undefined;
  if (isPreset(text)) return text;
  const [from, to, more] = text.split("..");
  if (from === undefined || to === undefined || more !== undefined) return undefined;
  return isLocalDate(from) && isLocalDate(to) && from <= to ? { from, to } : undefined;
}

/** The inverse of `parseRange`. */
export function writeRange(range: TimeRange): string {
  return typeof range === "string" ? range : `${range.from}..${range.to}`;
}

export function parseComparison(text: unknown): Comparison | undefined {
  return COMPARISONS.find((comparison) => comparison === text);
}

/** The comparison that a range can have: nothing comes before all time. */
export function comparisonFor(range: TimeRange, asked: Comparison): Comparison {
  return range === "all_time" && asked === "previous_period" ? "none" : asked;
}

interface Calendar {
  /** The day it is where the store is. */
  today: LocalDate;
  weekStart: string;
  /** The days between which the store has data, where known. */
  data?: DateRange | undefined;
}

/**
 * The days that a range means today. The server resolves presets itself and says what it took; this is for what is
 * drawn before it has answered.
 */
export function resolveRange(range: TimeRange, { today, weekStart, data }: Calendar): DateRange {
  if (typeof range !== "string") return range;
  const yesterday = addDays(today, -1);
  const complete = (days: number): DateRange => ({ from: addDays(today, -days), to: yesterday });
  const week = startOfWeek(today, weekStart);
  const month = startOfMonth(today);
  switch (range) {
    case "today":
      return { from: today, to: today };
    case "yesterday":
      return complete(1);
    case "last_7_days":
      return complete(7);
    case "last_14_days":
      return complete(14);
    case "last_28_days":
      return complete(28);
    case "last_30_days":
      return complete(30);
    case "last_90_days":
      return complete(90);
    case "last_12_months":
      return { from: addMonths(month, -12), to: addDays(month, -1) };
    case "this_week":
      return { from: week, to: today };
    case "last_week":
      return { from: addDays(week, -7), to: addDays(week, -1) };
    case "month_to_date":
      return { from: month, to: today };
    case "last_month":
      return { from: addMonths(month, -1), to: addDays(month, -1) };
    case "quarter_to_date":
      return { from: startOfQuarter(today), to: today };
    case "year_to_date":
      return { from: startOfYear(today), to: today };
    case "all_time":
      return { from: data?.from ?? today, to: data && data.to > today ? data.to : today };
  }
}

export const GRANULARITIES = ["hour", "day", "week", "month"] as const;

export type Granularity = (typeof GRANULARITIES)[number];

/** The granularities that give a readable line over a range: neither three points nor a thousand. */
export function granularitiesFor(range: DateRange): Granularity[] {
  const days = daysIn(range);
  if (days <= 2) return ["hour"];
  if (days <= 13) return ["day"];
  if (days <= 62) return ["day", "week"];
  if (days <= 400) return ["day", "week", "month"];
  if (days <= 1100) return ["week", "month"];
  return ["month"];
}

export function defaultGranularity(range: DateRange): Granularity {
  const days = daysIn(range);
  if (days <= 2) return "hour";
  if (days <= 92) return "day";
  if (days <= 731) return "week";
  return "month";
}

/** The granularity asked for where it suits the range, else the range's own. */
export function pickGranularity(asked: string | undefined, range: DateRange): Granularity {
  return granularitiesFor(range).find((granularity) => granularity === asked) ?? defaultGranularity(range);
}
