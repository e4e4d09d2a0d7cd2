import { useId } from "react";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
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

export function ComparisonSelect({ range, comparison, onChange }: ComparisonSelectProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <Label htmlFor={id}>Compare with</Label>
      <Select
        id={id}
        value={comparison}
        onChange={(event) => {
          const next = parseComparison(event.target.value);
          if (next) onChange(next);
        }}
      >
        {COMPARISONS.map((option) => (
          <option key={option} value={option} disabled={comparisonFor(range, option) !== option}>
            {COMPARISON_TITLES[option]}
          </option>
        ))}
      </Select>
    </div>
  );
}
