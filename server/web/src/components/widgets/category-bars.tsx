import { BarList, type BarRow, type BarTrack } from "@/components/charts";
import type { QueryResponse, Registry } from "@/lib/api/types";
import type { Widget } from "@/lib/dashboards/document";
import { addDecimals } from "@/lib/decimal";
import { formatValue, toNumber, type Value } from "@/lib/format/number";
import { totalOf } from "@/lib/metrics/response";
import { BarValue } from "./bar-value";
import { addsUp, readPrecision } from "./metric-facts";
import type { SeriesData } from "./series-data";
import { beforeKey, type SeriesPlan } from "./series-plan";

interface CategoryBarsProps {
  title: string;
  data: SeriesData;
  /** With the series that are shown. */
  plan: SeriesPlan;
  widget: Widget;
  response: QueryResponse;
  registry: Registry | undefined;
}

type Shown = SeriesPlan["own"][number];

/** Bars that lie, each with its name and its value: for things that have names rather than times. */
export function CategoryBars({ title, data, plan, widget, response, registry }: CategoryBarsProps) {
  const { own: series, points } = plan;
  const [first] = series;
  const piled = series.filter(({ isPiled }) => isPiled);
  const single = series.filter(({ isPiled }) => !isPiled);
  const [lowest] = piled;
  const at = (index: number, key: string) => Math.max(points[index]?.values[key] ?? 0, 0);
  // Each axis has a longest bar of its own: figures of two units have none in common.
  const longest = (side: Shown["side"]) => {
    const keys = single.filter((one) => one.side === side).flatMap(({ key }) => [key, beforeKey(key)]);
    const piles = side === "left" ? piled : [];
    const lengths = data.points.map((_, index) =>
      Math.max(
        piles.reduce((sum, { key }) => sum + at(index, key), 0),
        ...keys.map((key) => at(index, key)),
      ),
    );
    return Math.max(0, ...lengths);
  };
  const most = { left: longest("left"), right: longest("right") };
  const part = (one: Shown, value: number) => (most[one.side] > 0 ? value / most[one.side] : 0);
  const write = (value: Value, { column, measure }: Shown) =>
    formatValue(value, measure, widget.display.precision ?? readPrecision(column, measure, registry));
  const barOf = (one: Shown, index: number) => ({
    key: one.key,
    colour: one.colour,
    length: part(one, at(index, one.key)),
  });

  const whole =
    first && addsUp(response, first.column, registry) ? toNumber(totalOf(response, first.column)) : null;

  const rows = data.points.map(({ key, title: name }, index): BarRow => {
    const trackOf = (one: Shown, isNamed: boolean): BarTrack => {
      const before = plan.isCompared ? (points[index]?.values[beforeKey(one.key)] ?? null) : null;
      return {
        key: one.key,
        parts: [barOf(one, index)],
        before: before === null ? null : part(one, Math.max(before, 0)),
        ...(isNamed && { value: write(one.values[index] ?? null, one) }),
      };
    };
    if (lowest) {
      const known = piled.flatMap(({ values }) => values[index] ?? []);
      const value = write(known.length > 0 ? addDecimals(known) : null, lowest);
      const pile: BarTrack = { key, parts: piled.map((one) => barOf(one, index)) };
      return {
        key,
        title: name,
        value,
        tracks: [pile, ...single.map((one) => trackOf(one, true))],
      };
    }
    const isAlone = series.length === 1;
    return {
      key,
      title: name,
      value: isAlone && first && (
        <BarValue
          column={first.column}
          measure={first.measure}
          higherIsBetter={first.higherIsBetter}
          value={first.values[index] ?? null}
          change={first.changes[index] ?? null}
          response={response}
          registry={registry}
          whole={whole}
          display={widget.display}
        />
      ),
      tracks: series.map((one) => trackOf(one, !isAlone)),
    };
  });
  return <BarList label={title} rows={rows} className="-mr-2 pr-2" />;
}
