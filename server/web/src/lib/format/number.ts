import { locale } from "./locale";

/** A measured value: money as an exact decimal string, the rest as numbers. */
export type Value = string | number | null;

export interface Measure {
  unit?: string | null | undefined;
  currency?: string | null | undefined;
}

/** Short where it is glanced at, every digit where it is read, and for averages the decimals of the currency. */
export type Precision = "compact" | "currency" | "exact";

export const MISSING = "—";

// Below this a number is short enough to be shown whole.
const COMPACT_FROM = 10_000;
// Always one, so that 12.0K and 12.4K are told to be equally exact.
const ONE_DIGIT = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

/** A decimal that `Intl` formats digit by digit; it never passes through a float. */
type Decimal = `${number}`;

function isDecimal(text: string): text is Decimal {
  return /^-?\d+(\.\d+)?$/.test(text);
}

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale() + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale(), options);
    formats.set(key, format);
  }
  return format;
}

function write(value: number | Decimal, options: Intl.NumberFormatOptions): string {
  return numberFormat(options).format(value).replace("-", "−");
}

/** The digits after the point that carry something. */
function fractionDigits(value: number | Decimal): number {
  const fraction = /\.(\d*?)0*$/.exec(String(value))?.[1];
  return fraction?.length ?? 0;
}

/** For drawing only: a pixel position does not need every digit. */
export function toNumber(value: Value): number | null {
  if (value === null) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** A value in its unit. */
export function formatValue(value: Value, measure: Measure, precision: Precision = "exact"): string {
  if (value === null) return MISSING;
  if (typeof value === "string" && !isDecimal(value)) return value;
  const exact = value;
  const short = precision === "compact" && Math.abs(Number(exact)) >= COMPACT_FROM;
  if (measure.unit === "currency" && measure.currency)
    return money(exact, measure.currency, precision, short);
  if (measure.unit === "duration") return formatDuration(Number(exact));
  if (measure.unit === "percentage") {
    return write(exact, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  }
  if (short) return write(exact, { notation: "compact", ...ONE_DIGIT });
  return write(exact, { maximumFractionDigits: precision === "compact" ? 2 : 20 });
}

function money(value: number | Decimal, currency: string, precision: Precision, short: boolean): string {
  const style = { style: "currency", currency } as const;
  if (short) return write(value, { ...style, notation: "compact", ...ONE_DIGIT });
  if (precision !== "exact") return write(value, style);
  const own = numberFormat(style).resolvedOptions().maximumFractionDigits ?? 2;
  return write(value, { ...style, maximumFractionDigits: Math.max(own, fractionDigits(value)) });
}

/** A value on an axis: short, in its unit, no more decimals than the step between ticks needs. */
export function formatTick(value: number, measure: Measure): string {
  if (measure.unit === "duration") return formatDuration(value);
  if (measure.unit === "percentage") return write(value, { style: "percent", maximumFractionDigits: 2 });
  const short = Math.abs(value) >= 1000;
  const options: Intl.NumberFormatOptions = short
    ? { notation: "compact", maximumFractionDigits: 2, minimumFractionDigits: 0 }
    : { maximumFractionDigits: Number.isInteger(value) ? 0 : 2, minimumFractionDigits: 0 };
  if (measure.unit === "currency" && measure.currency) {
    return write(value, { ...options, style: "currency", currency: measure.currency });
  }
  return write(value, options);
}

/** A difference, always with its sign. */
export function formatDelta(value: Value, measure: Measure, precision: Precision = "exact"): string {
  if (value === null) return MISSING;
  const text = formatValue(value, measure, precision);
  return Number(value) > 0 ? `+${text}` : text;
}

/** A relative change in percent to one decimal, always with its sign. */
export function formatRatio(ratio: number): string {
  return write(ratio, {
    style: "percent",
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  });
}

/** A part of a whole, without a sign. */
export function formatShare(share: number, digits = 1): string {
  return write(share, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function formatCount(count: number): string {
  return write(count, { maximumFractionDigits: 0 });
}

/** `1m 32s`, `2h 5m`, `45s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 0) return minutes > 0 ? `${hours}h ${minutes}m` : `${hours}h`;
  if (minutes > 0) return rest > 0 ? `${minutes}m ${rest}s` : `${minutes}m`;
  return `${rest}s`;
}

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

export function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), BYTE_UNITS.length - 1);
  return write(bytes / 1000 ** power, {
    style: "unit",
    unit: BYTE_UNITS[power] ?? "byte",
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power < 2 ? 0 : 1,
  });
}
