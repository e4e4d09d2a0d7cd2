import type { QueryResponse } from "@/lib/api/types";
import { formatPeriod } from "@/lib/format/date";
import { formatDelta, formatValue, type Measure, type Precision } from "@/lib/format/number";
import { comparedRange, type Change } from "@/lib/metrics/response";

interface ChangeDetailProps {
  response: QueryResponse;
  change: Change;
  measure: Measure;
  precision: Precision;
  /** Why the two periods cannot well be compared. */
  warning: string | null;
}

/** Why there is no percentage; null where there is one. */
function whyNoRatio({ value, ratio }: Change): string | null {
  if (ratio !== null) return null;
  if (value === null) return "There was nothing to measure then.";
  if (Number(value) === 0) return "It was zero then, so there is no percentage.";
  return "There is nothing to compare with it yet.";
}

/** The exact numbers behind a change. */
export function ChangeDetail({ response, change, measure, precision, warning }: ChangeDetailProps) {
  const range = comparedRange(response);
  const why = whyNoRatio(change);
  return (
    <dl className="grid grid-cols-[auto_auto] gap-x-4 gap-y-0.5 tabular-nums">
      <dt className="text-muted-foreground">{range ? formatPeriod(range) : "Before"}</dt>
      <dd className="text-right">{formatValue(change.value, measure, precision)}</dd>
      <dt className="text-muted-foreground">Difference</dt>
      <dd className="text-right">{formatDelta(change.delta, measure, precision)}</dd>
      {why && <dd className="col-span-2 text-muted-foreground">{why}</dd>}
      {warning && <dd className="col-span-2 text-warn">{warning}</dd>}
    </dl>
  );
}
