import type { QueryResponse } from "@/lib/api/types";
import { formatPeriod } from "@/lib/format/date";
import { formatDelta, formatValue, type Measure } from "@/lib/format/number";
import { sentence } from "@/lib/format/text";
import type { Change } from "@/lib/metrics/response";

interface ChangeDetailProps {
  response: QueryResponse;
  change: Change;
  measure: Measure;
  /** Why the two periods cannot well be compared. */
  warning: string | null;
}

/** The exact numbers behind a change. */
export function ChangeDetail({ response, change, measure, warning }: ChangeDetailProps) {
  const range = response.meta.comparison_range ?? response.comparison?.range;
  return (
    <dl className="grid grid-cols-[auto_auto] gap-x-4 gap-y-0.5 tabular-nums">
      <dt className="text-muted-foreground">{range ? formatPeriod(range) : "Before"}</dt>
      <dd className="text-right">{formatValue(change.value, measure)}</dd>
      <dt className="text-muted-foreground">Difference</dt>
      <dd className="text-right">{formatDelta(change.delta, measure)}</dd>
      {change.value === null && (
        <dd className="col-span-2 text-muted-foreground">There was nothing to measure then.</dd>
      )}
      {change.value !== null && change.ratio === null && (
        <dd className="col-span-2 text-muted-foreground">It was zero then, so there is no percentage.</dd>
      )}
      {warning && <dd className="col-span-2 text-warn">{sentence(warning)}</dd>}
    </dl>
  );
}
