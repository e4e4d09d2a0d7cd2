import { CalendarDays, ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { todayIn, type DateRange } from "@/lib/dates";
import { formatRange, zoneOffset } from "@/lib/format/date";
import {
  COMPARISON_TITLES,
  PRESET_TITLES,
  resolveRange,
  type Comparison,
  type TimeRange,
} from "@/lib/metrics/range";
import { ComparisonSelect } from "./comparison-select";
import { CustomRange } from "./custom-range";
import { PresetList } from "./preset-list";

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
      <PopoverContent className="w-[min(34rem,calc(100vw-1.5rem))]" aria-label="Date range">
        <div className="flex flex-col sm:flex-row">
          <PresetList range={range} onChoose={choose} />
          <div className="flex min-w-0 flex-1 flex-col gap-4 p-4">
            <CustomRange
              key={`${resolved.from}..${resolved.to}`}
              initial={resolved}
              today={today}
              weekStart={weekStart}
              onApply={choose}
            />
            <ComparisonSelect range={range} comparison={comparison} onChange={on.onComparison} />
          </div>
        </div>
        <p className="border-t px-4 py-2.5 text-sm text-muted-foreground">
          {zones.length > 1 ? "Days are each store’s own: " : "Days are the store’s: "}
          {(zones.length > 1 ? zones : [timezone]).map(zoneWords).join(", ")}
        </p>
      </PopoverContent>
    </Popover>
  );
}

function zoneWords(timezone: string): string {
  return `${timezone.replaceAll("_", " ")} (${zoneOffset(timezone)})`;
}

function describe(range: TimeRange, resolved: DateRange): string {
  const days = formatRange(resolved);
  return typeof range === "string" ? `${PRESET_TITLES[range]}, ${days}` : days;
}
