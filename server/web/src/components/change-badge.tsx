import { ArrowDown, ArrowRight, ArrowUp } from "lucide-react";
import { cn } from "@/lib/cn";
import { formatRatio, MISSING } from "@/lib/format/number";
import type { Change } from "@/lib/metrics/response";
import { directionOf, toneOf } from "@/lib/metrics/change";

interface ChangeBadgeProps {
  change: Change;
  /** Null for a metric that is neither good nor bad when it grows. */
  higherIsBetter: boolean | null;
  className?: string;
}

const ARROWS = { up: ArrowUp, down: ArrowDown, level: ArrowRight };
const TONES = { good: "text-good", bad: "text-bad", neutral: "text-muted-foreground" };

/** A relative change with arrow and sign, so that its colour only repeats what they say. */
export function ChangeBadge({ change, higherIsBetter, className }: ChangeBadgeProps) {
  const direction = directionOf(change);
  if (direction === null) {
    return <span className={cn("text-muted-foreground", className)}>{MISSING}</span>;
  }
  const Arrow = ARROWS[direction];
  return (
    <span
      className={cn(
        "inline-flex items-center gap-0.5 font-medium whitespace-nowrap tabular-nums",
        TONES[toneOf(direction, higherIsBetter)],
        className,
      )}
    >
      <Arrow aria-hidden className="size-3.5" strokeWidth={2.5} />
      {change.ratio === null ? "new" : formatRatio(change.ratio)}
    </span>
  );
}
