import type { QueryResponse } from "@/lib/api/types";
import { addDecimals, multiplyDecimal } from "@/lib/decimal";
import { toNumber, type Value } from "@/lib/format/number";
import { partialTimes } from "@/lib/metrics/buckets";
import { metricsIn } from "@/lib/metrics/groups";
import { valueOf } from "@/lib/metrics/response";

export const HOURS = 24;
export const WEEKDAYS = 7;

/** An hour of a weekday, over all weeks of a range. */
export interface HeatCell {
  /** Everything in it. */
  total: Value;
  /** How many such hours there were of which anything is known. */
  times: number;
  /** What one of them comes to on average, with two places more than the values have. */
  average: Value;
}

/** How many places stand behind the point. */
function placesOf(text: string): number {
  return text.split(".")[1]?.length ?? 0;
}

/** The weekday on the face of a local time: 0 is Monday. */
function weekdayOf(time: string): number {
  return (new Date(`${time.slice(0, 10)}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/**
 * Hourly figures by weekday and hour, Monday first. A range has more of some weekdays than of others, and a clock that is put
 * back has an hour twice: averages can be compared where sums could not.
 */
export function heatCells(response: QueryResponse): HeatCell[] {
  const [column] = metricsIn(response);
  const values = Array.from({ length: WEEKDAYS * HOURS }, (): (string | number)[] => []);
  const cut = partialTimes(response);
  for (const row of column ? response.rows : []) {
    const value = valueOf(row, column?.key ?? "");
    const time = String(row.time);
    // An hour that is not over would count as a whole one with little in it.
    if (cut.has(time)) continue;
    const cell = values[weekdayOf(time) * HOURS + Number(time.slice(11, 13))];
    if (value !== null && cell) cell.push(value);
  }
  return values.map((known) => {
    if (known.length === 0) return { total: null, times: 0, average: null };
    const total = addDecimals(known);
    return {
      total,
      times: known.length,
      average: multiplyDecimal(total, 1, known.length, Math.max(placesOf(total), 2)),
    };
  });
}

/** The averages as what is drawn. */
export function heatNumbers(cells: readonly HeatCell[]): (number | null)[] {
  return cells.map(({ average }) => toNumber(average));
}
