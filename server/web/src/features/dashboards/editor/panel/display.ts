import type { Metric } from "@/lib/api/types";
import type { WidgetDisplay, WidgetQuestion } from "@/lib/dashboards/document";
import { figureKey } from "@/lib/dashboards/new-widget";
import { columnsOf, figuresOf, replacedIn, type FigureColumn } from "./question";

/** How figures are drawn that stand where others stood: in their colours, on their axes; of those that are gone nothing is left. */
export function displayOf(
  display: WidgetDisplay,
  before: WidgetQuestion,
  after: WidgetQuestion,
  metrics: readonly Metric[],
): WidgetDisplay {
  const [old, own] = [figuresOf(before), figuresOf(after)];
  const replaced = replacedIn(old, own);
  const was = new Set(old.map(figureKey));
  const is = new Set(own.map(figureKey));
  const keyOf = (key: string) => {
    const next = replaced.get(key) ?? key;
    return was.has(key) && !is.has(next) ? null : next;
  };
  const unitOf = (query: WidgetQuestion, key: string) =>
    columnsOf(query, metrics).find((column) => column.key === key)?.unit;
  const next = { ...display };
  if (display.thresholds) {
    next.thresholds = display.thresholds.flatMap((threshold) => {
      const column = keyOf(threshold.column);
      // What is a lot of money says nothing of a share.
      if (column === null || unitOf(before, threshold.column) !== unitOf(after, column)) return [];
      return [{ ...threshold, column }];
    });
    if (next.thresholds.length === 0) delete next.thresholds;
  }
  if (display.axis?.right) {
    next.axis = { ...display.axis, right: display.axis.right.flatMap((key) => keyOf(key) ?? []) };
  }
  if (display.columns) {
    next.columns = display.columns.flatMap((column) => {
      const key = keyOf(column.key);
      return key === null ? [] : [{ ...column, key }];
    });
    if (next.columns.length === 0) delete next.columns;
  }
  if (display.colours) {
    next.colours = Object.fromEntries(
      Object.entries(display.colours).flatMap(([key, colour]) => {
        const own = keyOf(key);
        return own === null ? [] : [[own, colour]];
      }),
    );
    if (Object.keys(next.colours).length === 0) delete next.colours;
  }
  return next;
}

/** Whether figures may be put on one another: at least two on the same axis, of one unit, of which each is a sum. */
export function canStack(
  columns: readonly FigureColumn[],
  isCut: boolean,
  display: WidgetDisplay,
  metrics: readonly Metric[],
): boolean {
  const right = display.axis?.right ?? [];
  const [first] = columns;
  const left = columns.filter(({ key, unit }) =>
    right.length > 0 ? !right.includes(key) : unit === first?.unit,
  );
  if (left.length === 0 || (left.length === 1 && !isCut)) return false;
  const isSum = (key: string) => metrics.find(({ id }) => id === key)?.additive !== false;
  return left.every(({ key, unit }) => unit === left[0]?.unit && isSum(key));
}
