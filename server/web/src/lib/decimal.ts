/*
 * Decimals as they are written: digits and where the point is. Amounts are added, compared and divided here, and never as
 * floats.
 */

interface Decimal {
  digits: bigint;
  /** How many of the digits stand behind the point. */
  scale: number;
}

const WRITTEN = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

function parse(value: string | number): Decimal | null {
  const found = WRITTEN.exec(String(value));
  if (!found) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = found;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

function write({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? "-" : "";
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

function atScale({ digits, scale }: Decimal, wanted: number): bigint {
  return digits * 10n ** BigInt(wanted - scale);
}

/** Whether a text is a decimal in digits. */
export function isDecimalText(text: string): boolean {
  return parse(text) !== null;
}

/** Below zero where the first is less, above where it is more; null where one of them is no number. */
export function compareDecimals(a: string | number, b: string | number): number | null {
  const [one, other] = [parse(a), parse(b)];
  if (!one || !other) return null;
  const scale = Math.max(one.scale, other.scale);
  const [left, right] = [atScale(one, scale), atScale(other, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The exact sum; what is no number adds nothing. */
export function addDecimals(values: readonly (string | number)[]): string {
  const known = values.map(parse).filter((value) => value !== null);
  const scale = Math.max(0, ...known.map((value) => value.scale));
  const digits = known.reduce((sum, value) => sum + atScale(value, scale), 0n);
  return write({ digits, scale });
}

export function subtractDecimals(from: string | number, less: string | number): string {
  const text = String(less);
  return addDecimals([from, text.startsWith("-") ? text.slice(1) : `-${text}`]);
}

/** A part of a value, rounded to so many places, halves away from zero. `of` must be above zero. */
export function multiplyDecimal(value: string | number, times: number, of: number, places: number): string {
  const parsed = parse(value);
  if (!parsed) return "0";
  const scale = Math.max(parsed.scale, places);
  const [top, bottom] = [atScale(parsed, scale) * BigInt(times), BigInt(of) * 10n ** BigInt(scale - places)];
  const size = top < 0n ? -top : top;
  const rounded = (2n * size + bottom) / (2n * bottom);
  return write({ digits: top < 0n ? -rounded : rounded, scale: places });
}
