import type { ChartPoint, ChartSeries, SeriesForm } from "@/components/charts";
import type { QueryResponse, Registry } from "@/lib/api/types";
import type { Widget } from "@/lib/dashboards/document";
import { toNumber } from "@/lib/format/number";
import { coloursOf } from "./colours";
import { addsUp } from "./metric-facts";
import type { DataSeries, SeriesData } from "./series-data";

/** With more lines than these, those of the other period would hide what they are beside. */
const MOST_COMPARED = 2;

const PREVIOUS = "var(--chart-previous)";

/** How an answer is drawn: which series are there, in which form, on which axis. */
export interface SeriesPlan {
  own: (DataSeries & {
    colour: string;
    form: SeriesForm;
    side: "left" | "right";
    /** Whether it stands on others, or others on it: what they come to together is a figure, too. */
    isPiled: boolean;
  })[];
  chart: ChartSeries[];
  points: ChartPoint[];
  stacked: boolean;
  /** Whether the other period is drawn. */
  isCompared: boolean;
}

export const beforeKey = (key: string) => `${key} before`;

function unitOf({ measure }: DataSeries): string {
  return `${measure.unit ?? ""} ${measure.currency ?? ""}`;
}

/** The axis of each figure: those that are told, else the second of two units has the right one. */
function sideOf(one: DataSeries, data: SeriesData, widget: Widget): "left" | "right" {
  const chosen = widget.display.axis?.right ?? [];
  if (chosen.length > 0) return chosen.includes(one.column) ? "right" : "left";
  const [first] = data.series;
  return first && unitOf(one) !== unitOf(first) ? "right" : "left";
}

function isStacked(
  data: SeriesData,
  widget: Widget,
  response: QueryResponse,
  registry: Registry | undefined,
): boolean {
  if (widget.kind === "line") return false;
  const left = data.series.filter((one) => sideOf(one, data, widget) === "left");
  const [first] = left;
  // What does not add up must not look as if it did, whatever a widget says.
  const adds = (one: DataSeries) =>
    first !== undefined && unitOf(one) === unitOf(first) && addsUp(response, one.column, registry);
  return left.length > 1 && left.every(adds) && (widget.display.stacked ?? widget.kind === "area");
}

export function seriesPlan(
  data: SeriesData,
  widget: Widget,
  response: QueryResponse,
  registry: Registry | undefined,
  hidden: ReadonlySet<string>,
): SeriesPlan {
  const colours = coloursOf(data.series, widget.display, response);
  const stacked = isStacked(data, widget, response, registry);
  const isOverTime = data.points.some(({ time }) => time !== null);
  const isAlone = data.series.length === 1;
  const main: SeriesForm =
    widget.kind === "bar" || !isOverTime ? "bar" : widget.kind === "area" || isAlone ? "area" : "line";
  const own = data.series.map((one) => {
    const side = sideOf(one, data, widget);
    // Bars of two measures side by side would be compared with one another.
    const form: SeriesForm = side === "right" && main === "bar" ? "line" : main;
    return {
      ...one,
      colour: colours.get(one.key) ?? "var(--series-1)",
      side,
      form,
      isPiled: stacked && side === "left",
    };
  });
  const shown = own.filter(({ key }) => !hidden.has(key));
  const hasBefore = shown.some(({ changes }) => changes.some((change) => change?.value != null));
  const isCompared = hasBefore && !stacked && shown.length <= MOST_COMPARED;
  const before = isCompared
    ? shown.map((one): ChartSeries => ({
        key: beforeKey(one.key),
        title: `${one.title}, before`,
        colour: isAlone ? PREVIOUS : `color-mix(in oklab, ${one.colour} 62%, var(--card))`,
        comparison: true,
        form: one.form === "bar" ? "bar" : "line",
        side: one.side,
      }))
    : [];
  return {
    own,
    stacked,
    isCompared,
    chart: [...before, ...shown],
    points: data.points.map(({ key, axis, time }, index) => ({
      key,
      label: axis,
      partial: time !== null && (time.unfinished || time.clipped),
      values: Object.fromEntries(
        shown.flatMap((one) => [
          [one.key, toNumber(one.values[index] ?? null)],
          [beforeKey(one.key), toNumber(one.changes[index]?.value ?? null)],
        ]),
      ),
    })),
  };
}
