import { ChevronDown } from "lucide-react";
import { useId } from "react";
import { Label } from "@/components/ui/label";
import {
  comparisonFor,
  COMPARISON_TITLES,
  COMPARISONS,
  parseComparison,
  type Comparison,
  type TimeRange,
} from "@/lib/metrics/range";

interface ComparisonSelectProps {
  range: TimeRange;
  comparison: Comparison;
  onChange: (comparison: Comparison) => void;
}

/** The browser's own list: it fits every screen and every way of input. */
export function ComparisonSelect({ range, comparison, onChange }: ComparisonSelectProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <Label htmlFor={id}>Compare with</Label>
      <div className="relative">
        <select
          id={id}
          value={comparison}
          onChange={(event) => {
            const next = parseComparison(event.target.value);
            if (next) onChange(next);
          }}
          className="h-9 w-full appearance-none rounded-md border border-input bg-card pr-8 pl-3 text-base"
        >
          {COMPARISONS.map((option) => (
            <option key={option} value={option} disabled={comparisonFor(range, option) !== option}>
              {COMPARISON_TITLES[option]}
            </option>
          ))}
        </select>
        <ChevronDown
          aria-hidden
          className="pointer-events-none absolute top-2.5 right-2.5 size-4 text-muted-foreground"
        />
      </div>
    </div>
  );
}
