import { PopoverContent } from "@/components/ui/popover";
import type { DateRange, LocalDate } from "@/lib/dates";
import { zoneOffset } from "@/lib/format/date";
import type { Comparison, TimeRange } from "@/lib/metrics/range";
import { ComparisonSelect } from "./comparison-select";
import { CustomRange } from "./custom-range";
import { PresetList } from "./preset-list";

interface RangePopoverProps {
  range: TimeRange;
  /** The days that the range is now. */
  resolved: DateRange;
  comparison: Comparison;
  today: LocalDate;
  weekStart: string;
  /** The zones whose days they are, each once. */
  zones: readonly string[];
  onRange: (range: TimeRange) => void;
  onComparison: (comparison: Comparison) => void;
}

/** Presets, days of one's own, and what they are compared with; loaded once somebody asks for it. */
export default function RangePopover(props: RangePopoverProps) {
  const { range, resolved, comparison, today, weekStart, zones, onRange, onComparison } = props;
  return (
    <PopoverContent className="w-[min(34rem,calc(100vw-1.5rem))]" aria-label="Date range">
      <div className="flex flex-col sm:flex-row">
        <PresetList range={range} onChoose={onRange} />
        <div className="flex min-w-0 flex-1 flex-col gap-4 p-4">
          <CustomRange
            key={`${resolved.from}..${resolved.to}`}
            initial={resolved}
            today={today}
            weekStart={weekStart}
            onApply={onRange}
          />
          <ComparisonSelect range={range} comparison={comparison} onChange={onComparison} />
        </div>
      </div>
      <p className="border-t px-4 py-2.5 text-sm text-muted-foreground">
        {zones.length > 1 ? "Days are each store’s own: " : "Days are the store’s: "}
        {zones.map(zoneWords).join(", ")}
      </p>
    </PopoverContent>
  );
}

function zoneWords(timezone: string): string {
  return `${timezone.replaceAll("_", " ")} (${zoneOffset(timezone)})`;
}
