import { RangePicker } from "@/components/range-picker/range-picker";
import type { SharedStore } from "@/lib/api/types";
import { todayIn } from "@/lib/dates";
import { formatRange } from "@/lib/format/date";
import {
  COMPARISON_TITLES,
  PRESET_TITLES,
  resolveRange,
  writeRange,
  type Comparison,
  type TimeRange,
} from "@/lib/metrics/range";
import type { SharedSearch } from "./search";

interface SharedDaysProps {
  range: TimeRange;
  comparison: Comparison;
  /** Whose days they are. */
  store: SharedStore;
  /** Missing where the link shows the days that it shows. */
  onChoose: ((change: SharedSearch) => void) | undefined;
}

/** Which days are shown, and a choice of others where the link lets. */
export function SharedDays({ range, comparison, store, onChoose }: SharedDaysProps) {
  const { timezone, week_start: weekStart } = store;
  if (onChoose) {
    return (
      <div className="print:hidden">
        <RangePicker
          range={range}
          comparison={comparison}
          timezone={timezone}
          weekStart={weekStart}
          onRange={(next) => onChoose({ range: writeRange(next) })}
          onComparison={(compare) => onChoose({ compare })}
        />
      </div>
    );
  }
  // When data begin is not known here, and so not which days all time has.
  const days =
    range === "all_time" ? null : formatRange(resolveRange(range, { today: todayIn(timezone), weekStart }));
  const words = [typeof range === "string" ? PRESET_TITLES[range] : null, days].filter(Boolean);
  return (
    <p className="text-muted-foreground">
      {words.join(": ")}
      {comparison !== "none" && ` vs ${COMPARISON_TITLES[comparison].toLowerCase()}`}
    </p>
  );
}
