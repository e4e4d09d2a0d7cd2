import type { ReactNode } from "react";
import { Tooltip } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";
import { subtractDecimals } from "@/lib/decimal";
import { formatShare, formatValue, MISSING, toNumber, type Measure } from "@/lib/format/number";
import { metricsIn } from "@/lib/metrics/groups";
import { measureOf, totalOf } from "@/lib/metrics/response";
import { goalTarget, passedPart } from "./goal-target";
import type { KindProps } from "./kind";
import { readPrecision, saidToAddUp } from "./metric-facts";
import { whyMissing } from "./why-missing";

/** A figure on its way to a goal, and whether it is as far as the time is. */
export default function Goal({ widget, title, response, registry }: KindProps) {
  const [column] = metricsIn(response);
  const { goal } = widget.display;
  if (!column) return null;
  // An average is what it is after a day as after a month: it grows neither with the days nor with the time that has passed.
  const isSum = saidToAddUp(column.key, registry) === true;
  const target = goal ? goalTarget(isSum ? goal : { ...goal, by: "range" }, response.meta.range) : null;
  const aim = target === null ? null : toNumber(target);
  const measure = measureOf(response, column.key);
  const value = totalOf(response, column.key);
  const number = toNumber(value);
  if (target === null || aim === null || aim <= 0) {
    const isKnown = value !== null && number !== null;
    return (
      <>
        <div>
          <Figure
            words={
              isKnown
                ? formatValue(value, measure, readPrecision(column.key, measure, registry))
                : whyMissing(response)
            }
          >
            {isKnown ? formatValue(value, measure, widget.display.precision ?? "compact") : MISSING}
          </Figure>
        </div>
        <p className="mt-auto text-sm text-muted-foreground">No goal is set for this figure yet.</p>
      </>
    );
  }
  if (value === null || number === null) {
    return (
      <>
        <div className="flex flex-wrap items-baseline gap-x-2">
          <Figure words={whyMissing(response)}>{MISSING}</Figure>
          <Aim target={target} measure={measure} />
        </div>
        <p className="mt-auto text-sm text-muted-foreground">{whyMissing(response)}</p>
      </>
    );
  }
  const reached = number / aim;
  const passed = isSum ? passedPart(response.meta.range) : 1;
  const isLimit = column.higher_is_better === false;
  const written = formatValue(value, measure, widget.display.precision ?? "compact");
  const share = formatShare(reached);
  const asShare = widget.display.show === "share";
  const verdict = verdictOf(reached, passed, isLimit);
  return (
    <>
      <div className="flex flex-wrap items-baseline gap-x-2">
        <Figure
          words={`${formatValue(value, measure, readPrecision(column.key, measure, registry))} of ${formatValue(target, measure)}: ${differenceOf(value, target, measure)}`}
        >
          {asShare ? share : written}
        </Figure>
        <Aim target={target} measure={measure} />
      </div>
      <Bar title={title} reached={reached} passed={passed} tone={verdict.tone} share={share} />
      <p className="@container mt-2 truncate text-sm">
        <span className={cn("font-medium", TONES[verdict.tone])}>{verdict.words}</span>
        <span className="text-muted-foreground tabular-nums">
          {asShare ? ` · ${written}` : ` · ${share}`}
          <span className="hidden @2xs:inline">
            {passed < 1
              ? `, ${formatShare(passed, 0)} of the time has passed`
              : `, ${differenceOf(value, target, measure)}`}
          </span>
        </span>
      </p>
    </>
  );
}

/** The figure, with more about it for whoever asks. */
function Figure({ words, children }: { words: string; children: ReactNode }) {
  return (
    <Tooltip side="bottom" align="start" content={words}>
      <button
        type="button"
        className="cursor-default rounded text-2xl font-semibold tracking-tight tabular-nums"
      >
        {children}
      </button>
    </Tooltip>
  );
}

function Aim({ target, measure }: { target: string; measure: Measure }) {
  return (
    <span className="text-muted-foreground tabular-nums">of {formatValue(target, measure, "compact")}</span>
  );
}

const TONES = { good: "text-good", bad: "text-bad" };

type Tone = keyof typeof TONES;

/** What there is to say of a figure and its goal. Of costs the goal is a limit. */
export function verdictOf(reached: number, passed: number, isLimit: boolean): { words: string; tone: Tone } {
  if (isLimit) {
    if (reached > 1) return { words: "Over the limit", tone: "bad" };
    if (passed < 1 && reached > passed) return { words: "Faster than the limit allows", tone: "bad" };
    return { words: "Within the limit", tone: "good" };
  }
  if (reached >= 1) return { words: "Reached", tone: "good" };
  if (passed >= 1) return { words: "Not reached", tone: "bad" };
  if (reached >= passed) return { words: "On pace", tone: "good" };
  return { words: "Behind pace", tone: "bad" };
}

function differenceOf(value: string | number, target: string, measure: Measure): string {
  const difference = subtractDecimals(value, target);
  const isShort = difference.startsWith("-");
  const size = formatValue(isShort ? difference.slice(1) : difference, measure, "compact");
  return isShort ? `${size} short` : `${size} over`;
}

interface BarProps {
  title: string;
  reached: number;
  passed: number;
  tone: Tone;
  share: string;
}

/** How far it is, with a line where it would be were it as far as the time. */
function Bar({ title, reached, passed, tone, share }: BarProps) {
  const percent = Math.round(Math.min(Math.max(reached, 0), 1) * 100);
  return (
    <div
      role="progressbar"
      aria-label={`${title}: part of the goal`}
      aria-valuenow={percent}
      aria-valuetext={share}
      className="relative mt-auto h-2.5 rounded-full bg-muted"
    >
      <span
        style={{ width: `${percent}%` }}
        className={cn("block h-full rounded-full", tone === "bad" ? "bg-bad" : "bg-(--series-1)")}
      />
      {passed > 0 && passed < 1 && (
        <span
          style={{ left: `${passed * 100}%` }}
          className="absolute -top-1 -bottom-1 border-l-2 border-foreground/70"
        />
      )}
    </div>
  );
}
