import type { ChartModel } from "./model";
import { isStackable } from "./spans";
import type { ChartPoint, ChartSeries } from "./types";

export interface Bar {
  key: string;
  index: number;
  x: number;
  y: number;
  width: number;
  height: number;
  /** The end away from zero, which is rounded; null inside of a pile. */
  end: "top" | "bottom" | null;
  partial: boolean;
}

const GAP = 2;
const ROUNDING = 3;

/** The bars of all series: side by side at each point, or one on the other. */
export function barsOf(
  model: ChartModel,
  points: ChartPoint[],
  series: ChartSeries[],
  stacked: boolean,
): Bar[] {
  const own = series.filter(({ form, comparison }) => form === "bar" && !comparison);
  const { band, centres } = model.x;
  const lanes = stacked ? 1 : own.length;
  const width = Math.max((band - GAP * (lanes - 1)) / Math.max(lanes, 1), 1);
  return own.flatMap((one, lane) => {
    const axis = model.axes[one.side ?? "left"];
    return (model.spans.get(one.key) ?? []).flatMap((span, index): Bar[] => {
      const to = span && axis?.scale(span[1]);
      if (!axis || span === null || typeof to !== "number") return [];
      const from = axis.scale(span[0]) ?? axis.base;
      const centre = centres[index] ?? 0;
      const x = centre - band / 2 + (stacked ? 0 : lane * (width + GAP));
      const isLast =
        !stacked || !isStackable(one) || isOutermost(model, own.slice(lane + 1), index, span[1] >= 0);
      const end = to <= from ? "top" : "bottom";
      // What is not nothing is seen.
      const height = Math.max(Math.abs(from - to), span[0] === span[1] ? 0 : 1);
      return [
        {
          key: one.key,
          index,
          x: stacked ? centre - width / 2 : x,
          y: end === "top" ? from - height : from,
          width,
          height,
          end: isLast ? end : null,
          partial: points[index]?.partial === true,
        },
      ];
    });
  });
}

/** Whether no bar of the series that come later lies further out on the same side of zero. */
function isOutermost(model: ChartModel, later: ChartSeries[], index: number, above: boolean): boolean {
  return !later.some(({ key }) => {
    const span = model.spans.get(key)?.[index];
    return span && span[0] !== span[1] && (above ? span[1] > 0 : span[1] < 0);
  });
}

/** The outline of a bar, round at its free end. */
export function barPath({ x, y, width, height, end }: Omit<Bar, "key" | "index" | "partial">): string {
  const right = x + width;
  const bottom = y + height;
  const r = end === null ? 0 : Math.min(ROUNDING, width / 2, height);
  const at = (...numbers: number[]) => numbers.map((number) => Number(number.toFixed(2))).join(" ");
  if (r === 0) return `M${at(x, y)}H${at(right)}V${at(bottom)}H${at(x)}Z`;
  if (end === "top") {
    return `M${at(x, bottom)}V${at(y + r)}Q${at(x, y, x + r, y)}H${at(right - r)}Q${at(right, y, right, y + r)}V${at(bottom)}Z`;
  }
  return `M${at(x, y)}V${at(bottom - r)}Q${at(x, bottom, x + r, bottom)}H${at(right - r)}Q${at(right, bottom, right, bottom - r)}V${at(y)}Z`;
}
