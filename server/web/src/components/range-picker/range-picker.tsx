import { CalendarDays, ChevronDown } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/ui/button";
import { Popover, PopoverTrigger } from "@/components/ui/popover";
import { todayIn, type DateRange } from "@/lib/dates";
import { formatRange } from "@/lib/format/date";
import {
  COMPARISON_TITLES,
  PRESET_TITLES,
  resolveRange,
  type Comparison,
  type TimeRange,
} from "@/lib/metrics/range";

const RangePopover = lazy(() => import("./range-popover"));

export interface RangePickerProps {
  range: TimeRange;
  comparison: Comparison;
  onRange: (range: TimeRange) => void;
  onComparison: (comparison: Comparison) => void;
  timezone: string;
  /** The zones of all stores, where there are several. */
  zones?: readonly string[];
  weekStart: string;
  /** The days between which there is data, where known. */
  data?: DateRange | undefined;
}

/** Which days, beside which others. Presets apply at once; days of one's own apply when both are given. */
export function RangePicker(props: RangePickerProps) {
  const { range, comparison, timezone, zones = [], weekStart, data, ...on } = props;
  const [open, setOpen] = useState(false);
  const today = todayIn(timezone);
  const resolved = resolveRange(range, { today, weekStart, data });
  const choose = (next: TimeRange) => {
    on.onRange(next);
    setOpen(false);
  };
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button className="max-w-full font-normal" aria-label={`Date range: ${describe(range, resolved)}`}>
          <CalendarDays aria-hidden className="text-muted-foreground" />
          {typeof range === "string" && <span className="font-medium">{PRESET_TITLES[range]}</span>}
          <span
            className={
              typeof range === "string"
                ? "hidden text-muted-foreground tabular-nums sm:inline"
                : "truncate font-medium tabular-nums"
            }
          >
            {formatRange(resolved)}
          </span>
          {comparison !== "none" && (
            <span className="hidden text-muted-foreground md:inline">
              vs {COMPARISON_TITLES[comparison].toLowerCase()}
            </span>
          )}
          <ChevronDown aria-hidden className="text-muted-foreground" />
        </Button>
      </PopoverTrigger>
      {open && (
        <Suspense fallback={null}>
          <RangePopover
            range={range}
            resolved={resolved}
            comparison={comparison}
            today={today}
            weekStart={weekStart}
            zones={zones.length > 1 ? zones : [timezone]}
            onRange={choose}
            onComparison={on.onComparison}
          />
        </Suspense>
      )}
    </Popover>
  );
}

function describe(range: TimeRange, resolved: DateRange): string {
  const days = formatRange(resolved);
  return typeof range === "string" ? `${PRESET_TITLES[range]}, ${days}` : days;
}
