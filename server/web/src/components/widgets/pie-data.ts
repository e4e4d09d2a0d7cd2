import type { QueryResponse, Registry } from "@/lib/api/types";
import type { WidgetDisplay } from "@/lib/dashboards/document";
import { addDecimals } from "@/lib/decimal";
import { toNumber, type Measure, type Value } from "@/lib/format/number";
import { dimensionsIn, groupOf, metricsIn } from "@/lib/metrics/groups";
import { changeOf, measureOf, totalChangeOf, totalOf, valueOf, type Change } from "@/lib/metrics/response";
import { coloursOf, OTHER_COLOUR } from "./colours";
import { addsUp } from "./metric-facts";

export interface PieSlice {
  key: string;
  title: string;
  colour: string;
  value: Value;
  change: Change | null;
  /** Its part of the whole; null where parts do not add up to one. */
  share: number | null;
}

export interface PieData {
  slices: PieSlice[];
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
    change: totalChangeOf(response, key),
  }));
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
  const isLong = all.length > MOST_SLICES + 1;
  const shown = isLong ? all.slice(0, MOST_SLICES) : all;
  const rest = all.slice(shown.length).flatMap(({ value }) => value ?? []);
  const colours = coloursOf(shown, display, response);
  const sum = addDecimals(all.flatMap(({ value }) => value ?? []));
  const whole = areParts ? (toNumber(sum) ?? 0) : 0;
  const shareOf = (value: Value) => (whole > 0 ? (toNumber(value) ?? 0) / whole : null);
  const slices = shown.map(({ key, title, value, change }) => ({
    key,
    title,
    value,
    change,
    colour: colours.get(key) ?? OTHER_COLOUR,
    share: shareOf(value),
  }));
  if (isLong && areParts) {
    const value = addDecimals(rest);
    slices.push({
      key: "\u0000rest",
      title: `${rest.length} others`,
      value,
      change: null,
      colour: OTHER_COLOUR,
      share: shareOf(value),
    });
  }
  return {
    slices,
    measure: measureOf(response, column.key),
    higherIsBetter: column.higher_is_better ?? null,
    total: areGroups ? totalOf(response, column.key) : sum,
    left: isLong && !areParts ? rest.length : 0,
  };
}
