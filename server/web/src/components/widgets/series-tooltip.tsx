import { ChangeBadge } from "@/components/change-badge";
import { addDecimals } from "@/lib/decimal";
import { formatValue } from "@/lib/format/number";
import type { Change } from "@/lib/metrics/response";
import type { ChartMark } from "@/components/charts";
import { cn } from "@/lib/cn";
import type { DataPoint } from "./series-data";
import type { SeriesPlan } from "./series-plan";

interface SeriesTooltipProps {
  point: DataPoint;
  index: number;
  series: SeriesPlan["own"];
  /** Whether changes say something: the two periods can be compared. */
  isFair: boolean;
  marks: ChartMark[];
}

/** What all series are at a point, and were at the one that it is compared with. */
export function SeriesTooltip({ point, index, series, isFair, marks }: SeriesTooltipProps) {
  const isUnknown = series.every(({ values }) => (values[index] ?? null) === null);
  const note = point.time?.note(isUnknown) ?? null;
  const [only] = series;
  const alone = series.length === 1 ? only : undefined;
  const change = alone?.changes[index];
  const piled = series.filter(({ isPiled }) => isPiled);
  const [lowest] = piled;
  const known = piled.flatMap(({ values }) => values[index] ?? []);
  return (
    <div className="min-w-40 tabular-nums">
      <p className="font-medium">
        {point.title}
        {note && <span className="font-normal text-muted-foreground"> · {note}</span>}
      </p>
      <dl className="mt-1.5 grid grid-cols-[1fr_auto] gap-x-6 gap-y-0.5">
        {series.map((one) => (
          <Entry
            key={one.key}
            title={one.title}
            colour={series.length > 1 ? one.colour : null}
            text={formatValue(one.values[index] ?? null, one.measure)}
            change={alone ? null : (one.changes[index] ?? null)}
            higherIsBetter={isFair ? one.higherIsBetter : null}
            strong
          />
        ))}
        {known.length > 1 && lowest && (
          <Entry title="Together" text={formatValue(addDecimals(known), lowest.measure)} />
        )}
        {alone && change && (
          <>
            <Entry
              title={point.time?.comparedTitle ?? "Before"}
              text={formatValue(change.value, alone.measure)}
            />
            <dt className="text-muted-foreground">Change</dt>
            <dd className="text-right">
              <ChangeBadge change={change} higherIsBetter={isFair ? alone.higherIsBetter : null} />
            </dd>
          </>
        )}
      </dl>
      {marks.length > 0 && (
        <ul className="mt-2 flex flex-col gap-1.5 border-t pt-2">
          {marks.map((mark) => (
            <li key={mark.key}>{mark.detail}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface EntryProps {
  title: string;
  colour?: string | null;
  text: string;
  change?: Change | null;
  higherIsBetter?: boolean | null;
  strong?: boolean;
}

function Entry(props: EntryProps) {
  const { title, colour = null, text, change = null, higherIsBetter = null, strong = false } = props;
  return (
    <>
      <dt className="flex min-w-0 items-center gap-1.5 text-muted-foreground">
        {colour && (
          <span aria-hidden style={{ background: colour }} className="size-2 shrink-0 rounded-full" />
        )}
        <span className="truncate">{title}</span>
      </dt>
      <dd className={cn("flex items-baseline justify-end gap-2 text-right", strong && "font-medium")}>
        {text}
        {change && (
          <span className="inline-flex w-17 justify-end">
            <ChangeBadge change={change} higherIsBetter={higherIsBetter} />
          </span>
        )}
      </dd>
    </>
  );
}
