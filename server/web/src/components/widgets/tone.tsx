import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { Threshold } from "@/lib/dashboards/document";
import { formatValue, type Measure } from "@/lib/format/number";
import { cn } from "@/lib/cn";

const SIGNS = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert };

export const TONE_TEXT = { good: "text-good", warn: "text-warn", bad: "text-bad" };

const NAMES = { good: "Good", warn: "Worth a look", bad: "Bad" };

interface ToneProps {
  threshold: Threshold;
  measure: Measure;
  className?: string;
}

/** A sign beside a figure that is beyond a threshold, so that its colour only repeats what the sign says. */
export function ToneSign({ threshold, measure, className }: ToneProps) {
  const Sign = SIGNS[threshold.tone];
  const limit = formatValue(threshold.value, measure);
  const words = `${NAMES[threshold.tone]}: ${threshold.operator === "gte" ? "at least" : "at most"} ${limit}`;
  return (
    <span title={words} className={cn("inline-flex align-[-0.125em]", TONE_TEXT[threshold.tone], className)}>
      <Sign aria-hidden className="size-[1em]" />
      <span className="sr-only">{words}</span>
    </span>
  );
}
