import { useMemo, useState } from "react";
import { CartesianChart, type ChartMark } from "@/components/charts";
import { formatRange } from "@/lib/format/date";
import { formatTick } from "@/lib/format/number";
import { bucketOf } from "@/lib/metrics/buckets";
import { hasData, unequalPeriods } from "@/lib/metrics/response";
import { chartMarks } from "./axis-marks";
import { CategoryBars } from "./category-bars";
import type { KindProps } from "./kind";
import { Nothing } from "./nothing";
import { seriesData } from "./series-data";
import { SeriesLegends } from "./series-legends";
import { seriesPlan } from "./series-plan";
import { SeriesTooltip } from "./series-tooltip";

const NO_MARKS: ChartMark[] = [];

/** As many things as can be told apart by names below upright bars. */
const MOST_UPRIGHT = 8;

/** Lines, areas and bars: over time, or over what rows are cut by. */
export function Series({ widget, title, response, marks, registry }: KindProps) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set());
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const data = useMemo(() => seriesData(response), [response]);
  const plan = useMemo(
    () => seriesPlan(data, widget, response, registry, hidden),
    [data, widget, response, registry, hidden],
  );
  const shownMarks = useMemo(
    () => (marks.length > 0 ? chartMarks(marks, data.points, response.meta.range.to) : NO_MARKS),
    [marks, data, response],
  );
  const axes = useMemo(() => axesOf(plan, widget), [plan, widget]);
  if (!hasData(response) || data.points.length === 0) return <Nothing response={response} />;

  const bucket = bucketOf(response);
  const isLying = bucket === null && (widget.display.horizontal ?? data.points.length > MOST_UPRIGHT);
  const shown = plan.own.filter(({ key }) => !hidden.has(key));
  const currency = shown[0]?.measure.currency;
  const what = `${title}${currency ? ` in ${currency}` : ""}${bucket ? ` per ${bucket}` : ""}`;
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-1.5">
      {widget.display.legend !== false && (
        <SeriesLegends
          data={data}
          plan={plan}
          response={response}
          hidden={hidden}
          onHidden={setHidden}
          onHighlight={setHighlighted}
        />
      )}
      {isLying ? (
        <CategoryBars
          title={title}
          data={data}
          plan={{ ...plan, own: shown }}
          widget={widget}
          response={response}
          registry={registry}
        />
      ) : (
        <div className="-mr-2 -ml-1 min-h-0 flex-1">
          <CartesianChart
            label={`${what}, ${formatRange(response.meta.range)}. Arrow keys read the points.`}
            series={plan.chart}
            points={plan.points}
            left={axes.left}
            right={axes.right}
            stacked={plan.stacked}
            bucket={bucket ?? undefined}
            categorical={bucket === null}
            marks={shownMarks}
            highlighted={highlighted}
            renderTooltip={(index) => {
              const point = data.points[index];
              return (
                point && (
                  <SeriesTooltip
                    point={point}
                    index={index}
                    series={shown}
                    isFair={unequalPeriods(response) === null}
                    marks={shownMarks.filter(({ first, last }) => first <= index && index <= last)}
                  />
                )
              );
            }}
          />
        </div>
      )}
    </div>
  );
}

function axesOf(plan: ReturnType<typeof seriesPlan>, widget: KindProps["widget"]) {
  const { axis } = widget.display;
  const of = (side: "left" | "right") => {
    const measure = plan.own.find((one) => one.side === side)?.measure;
    return (
      measure && {
        formatTick: (value: number) => formatTick(value, measure),
        unit: measure.unit,
        fromZero: axis?.zero ?? true,
        log: side === "left" && axis?.log === true,
      }
    );
  };
  return { left: of("left") ?? { formatTick: String }, right: of("right") };
}
