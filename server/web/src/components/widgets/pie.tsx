import { useMemo, useState } from "react";
import { ChangeBadge } from "@/components/change-badge";
import PieChart from "@/components/charts/pie-chart";
import { formatRange } from "@/lib/format/date";
import { formatShare, formatValue, toNumber } from "@/lib/format/number";
import { bucketOf } from "@/lib/metrics/buckets";
import { unequalPeriods } from "@/lib/metrics/response";
import type { KindProps } from "./kind";
import { Nothing } from "./nothing";
import { pieData, type PieData, type PieSlice } from "./pie-data";

/** Parts of a whole as slices, each with its name and value beside it. */
export default function Pie({ widget, title, response, registry }: KindProps) {
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const data = useMemo(() => pieData(response, widget.display, registry), [response, widget, registry]);
  const drawn = data?.slices.filter(({ value }) => (toNumber(value) ?? 0) > 0) ?? [];
  if (bucketOf(response) !== null) {
    return (
      <p className="m-auto text-center text-muted-foreground">
        A pie is of the whole range: take its points of time away.
      </p>
    );
  }
  if (!data || (drawn.length === 0 && data.problem === null)) return <Nothing response={response} />;
  const asShare = widget.display.show === "share";
  return (
    <div className="@container flex min-h-0 flex-1">
      <div className="flex min-h-0 flex-1 flex-col gap-3 @md:flex-row @md:items-center @md:gap-6">
        {data.problem === null ? (
          <div className="min-h-24 flex-1 @md:h-full @md:max-w-60">
            <PieChart
              label={`${title}, ${formatRange(response.meta.range)}. Arrow keys read the slices.`}
              slices={drawn.map(({ key, colour, value }) => ({ key, colour, value: toNumber(value) ?? 0 }))}
              donut={widget.display.donut !== false}
              highlighted={highlighted}
              renderTooltip={(index) => {
                const slice = drawn[index];
                return (
                  slice && (
                    <SliceTooltip slice={slice} data={data} isFair={unequalPeriods(response) === null} />
                  )
                );
              }}
            >
              <p className="truncate text-center text-lg font-semibold tracking-tight tabular-nums @md:text-xl">
                {formatValue(data.total, data.measure, "compact")}
              </p>
            </PieChart>
          </div>
        ) : (
          <p className="text-muted-foreground @md:flex-1">{data.problem}</p>
        )}
        {(widget.display.legend !== false || data.problem !== null) && (
          <Slices data={data} asShare={asShare} title={title} onHighlight={setHighlighted} />
        )}
      </div>
    </div>
  );
}

interface SlicesProps {
  title: string;
  data: PieData;
  asShare: boolean;
  onHighlight: (key: string | null) => void;
}

function Slices({ title, data, asShare, onHighlight }: SlicesProps) {
  return (
    <div
      role="group"
      aria-label={`Parts of ${title}`}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-1/2 min-w-0 shrink-0 overflow-y-auto rounded @md:max-h-full @md:flex-1"
    >
      <ul className="text-sm">
        {data.slices.map((slice) => {
          const value = formatValue(slice.value, slice.measure, "compact");
          const share = slice.share === null ? null : formatShare(slice.share);
          return (
            <li
              key={slice.key}
              onPointerEnter={() => onHighlight(slice.key)}
              onPointerLeave={() => onHighlight(null)}
              className="flex items-center gap-2 rounded px-1.5 py-1 hover:bg-muted"
            >
              <span
                aria-hidden
                style={{ background: slice.colour }}
                className="size-2.5 shrink-0 rounded-[3px]"
              />
              <span className="min-w-0 flex-1 truncate" title={slice.title}>
                {slice.title}
              </span>
              <span className="font-medium tabular-nums">{asShare && share !== null ? share : value}</span>
              {share !== null && (
                <span className="w-13 text-right text-muted-foreground tabular-nums">
                  {asShare ? value : share}
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {data.left > 0 && (
        <p className="px-1.5 pt-1 text-sm text-muted-foreground">
          {data.left} smaller ones are not shown: they cannot be put together as one.
        </p>
      )}
    </div>
  );
}

function SliceTooltip({ slice, data, isFair }: { slice: PieSlice; data: PieData; isFair: boolean }) {
  return (
    <div className="tabular-nums">
      <p className="font-medium">{slice.title}</p>
      <p className="flex items-baseline gap-2">
        {formatValue(slice.value, slice.measure)}
        {slice.share !== null && <span className="text-muted-foreground">{formatShare(slice.share)}</span>}
      </p>
      {slice.change && (
        <ChangeBadge change={slice.change} higherIsBetter={isFair ? data.higherIsBetter : null} />
      )}
    </div>
  );
}
