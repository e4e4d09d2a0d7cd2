/*
 * Decimals as texts, as people write them and as a document keeps them: no figure passes through a float.
 */

/** What somebody has written as a decimal, or null where it is none. */
export function parseDecimal(text: string): string | null {
  const [, sign = "", whole = "", part = ""] =
    /^([-−]?)(\d*)(?:\.(\d*))?$/.exec(text.trim().replace(/[\s_]/g, "")) ?? [];
  if (whole === "" && part === "") return null;
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  const fraction = part.replace(/0+$/, "");
  const value = fraction === "" ? digits : `${digits}.${fraction}`;
  return sign === "" || value === "0" ? value : `-${value}`;
}

/** A decimal with its point that many places to the right, or to the left where that is negative. */
export function shift(decimal: string, places: number): string {
  const isNegative = decimal.startsWith("-");
  const [whole = "", part = ""] = decimal.replace("-", "").split(".");
  const digits = whole + part;
  const at = whole.length + places;
  const padded = at < 1 ? "0".repeat(1 - at) + digits : digits.padEnd(at, "0");
  const point = Math.max(at, 1);
  const moved = parseDecimal(`${padded.slice(0, point)}.${padded.slice(point)}`) ?? "0";
  return isNegative && moved !== "0" ? `-${moved}` : moved;
}

/** Shares are kept as parts of one, and written in percent. */
const PERCENT_PLACES = 2;

export function isPercent(unit: string | null | undefined): boolean {
  return unit === "percentage";
}

/** A decimal of a document as it is written in a field. */
export function written(decimal: string, unit: string | null | undefined): string {
  return isPercent(unit) && parseDecimal(decimal) !== null ? shift(decimal, PERCENT_PLACES) : decimal;
}

/** What is written in a field as a document keeps it; null where it is no decimal. */
export function kept(text: string, unit: string | null | undefined): string | null {
  const decimal = parseDecimal(text);
  return decimal !== null && isPercent(unit) ? shift(decimal, -PERCENT_PLACES) : decimal;
}
