import type { QueryResponse, Registry } from "@/lib/api/types";
import type { WidgetDisplay } from "@/lib/dashboards/document";
import { addDecimals, subtractDecimals } from "@/lib/decimal";
import { toNumber, type Measure, type Value } from "@/lib/format/number";
import { dimensionsIn, groupOf, metricsIn } from "@/lib/metrics/groups";
import {
  changeOf,
  measureIn,
  measureOf,
  totalChangeOf,
  totalOf,
  valueOf,
  type Change,
} from "@/lib/metrics/response";
import { coloursOf, OTHER_COLOUR } from "./colours";
import { addsUp, isRounding } from "./metric-facts";

export interface PieSlice {
  key: string;
  title: string;
  colour: string;
  value: Value;
  measure: Measure;
  change: Change | null;
  /** Its part of the whole; null where parts do not add up to one. */
  share: number | null;
}

export interface PieData {
  slices: PieSlice[];
  /** Why there are no slices; null where there are. */
  problem: string | null;
  measure: Measure;
  higherIsBetter: boolean | null;
  /** What the whole comes to. */
  total: Value;
  /** Parts that have no slice: how many, where they cannot be added up to one. */
  left: number;
}

/** As many as are told apart at a glance; what comes behind them is one. */
const MOST_SLICES = 7;

interface Part {
  key: string;
  column: string;
  group: string | null;
  isOther: boolean;
  title: string;
  value: Value;
  measure: Measure;
  change: Change | null;
}

/** The parts of an answer: its groups, or its figures where it has no groups. */
function partsOf(response: QueryResponse): Part[] {
  const [dimension] = dimensionsIn(response);
  const columns = metricsIn(response);
  const [column] = columns;
  if (dimension && column) {
    return response.rows.map((row) => {
      const { value, isOther, title } = groupOf(row, dimension, response);
      return {
        key: isOther ? "\u0000other" : (value ?? ""),
        column: column.key,
        group: value ?? "",
        isOther,
        title,
        value: valueOf(row, column.key),
        measure: measureIn(row, response, column.key),
        change: changeOf(row, column.key),
      };
    });
  }
  return columns.map(({ key, title }) => ({
    key,
    column: key,
    group: null,
    isOther: false,
    title,
    value: totalOf(response, key),
    measure: measureOf(response, key),
    change: totalChangeOf(response, key),
  }));
}

interface Whole {
  /** What all parts come to, those that are not listed among them. */
  total: Value;
  /** What is left of it beside the parts that are listed. */
  rest: string;
  /** Why they are no slices of it. */
  problem: string | null;
}

/** The whole that parts are of. Of groups the server tells it: those that are listed need not be all. */
function wholeOf(response: QueryResponse, parts: readonly Part[], areParts: boolean): Whole {
  const [column] = metricsIn(response);
  const sum = addDecimals(parts.flatMap(({ value }) => value ?? []));
  const areGroups = dimensionsIn(response).length > 0;
  const total = areGroups ? totalOf(response, column?.key ?? "") : sum;
  const no = (problem: string): Whole => ({ total, rest: "0", problem });
  const units = new Set(parts.map(({ measure: { unit, currency } }) => `${unit ?? ""} ${currency ?? ""}`));
  if (units.size > 1) {
    return parts.every(({ measure }) => measure.unit === "currency")
      ? no("Amounts of several currencies are no parts of one whole: choose a currency for the dashboard.")
      : no("Figures of several units are no parts of one whole.");
  }
  if (!areParts) {
    return no(
      `${column?.title ?? "The figures"} of the groups do not add up to the whole, so there are no slices of it: bars show them side by side.`,
    );
  }
  const numbers = parts.flatMap(({ value }) => toNumber(value) ?? []);
  if (numbers.some((number) => number < 0)) {
    return no("Some of it is below zero, which no slice can be: bars show it.");
  }
  if (total === null) return { total, rest: "0", problem: null };
  const rest = subtractDecimals(total, sum);
  const isWhole = isRounding(toNumber(rest) ?? 0, toNumber(total) ?? 0);
  if (!isWhole && rest.startsWith("-")) {
    return no(
      "These come to more than the whole, because something else is below zero: there are no slices of it.",
    );
  }
  const isZero = numbers.length > 0 && numbers.every((number) => number === 0);
  if (isZero && isWhole) return no("All of it is zero.");
  return { total, rest: isWhole ? "0" : rest, problem: null };
}

export function pieData(
  response: QueryResponse,
  display: WidgetDisplay,
  registry: Registry | undefined,
): PieData | null {
  const [column] = metricsIn(response);
  if (!column) return null;
  const all = partsOf(response).sort(
    (a, b) => Number(a.isOther) - Number(b.isOther) || (toNumber(b.value) ?? 0) - (toNumber(a.value) ?? 0),
  );
  const areGroups = dimensionsIn(response).length > 0;
  const areParts = !areGroups || addsUp(response, column.key, registry);
  const { total, rest, problem } = wholeOf(response, all, areParts);
  const canBeOne = areParts && problem === null;
  const isLong = all.length > MOST_SLICES + 1;
  const shown = isLong ? all.slice(0, MOST_SLICES) : all;
  const others = all.slice(shown.length).flatMap(({ value }) => value ?? []);
  const colours = coloursOf(shown, display, response);
  const measure = measureOf(response, column.key);
  const whole = canBeOne ? (toNumber(total) ?? 0) : 0;
  const shareOf = (value: Value) => (whole > 0 ? (toNumber(value) ?? 0) / whole : null);
  const slices = shown.map(({ key, title, value, measure: own, change }) => ({
    key,
    title,
    value,
    measure: own,
    change,
    colour: colours.get(key) ?? OTHER_COLOUR,
    share: shareOf(value),
  }));
  const add = (key: string, title: string, value: string) =>
    slices.push({
      key,
      title,
      value,
      measure,
      change: null,
      colour: OTHER_COLOUR,
      share: shareOf(value),
    });
  if (isLong && canBeOne) add("\u0000rest", `${others.length} others`, addDecimals(others));
  if (rest !== "0") add("\u0000unlisted", "The rest", rest);
  return {
    slices,
    problem,
    measure,
    higherIsBetter: column.higher_is_better ?? null,
    total,
    left: isLong && !canBeOne ? others.length : 0,
  };
}
