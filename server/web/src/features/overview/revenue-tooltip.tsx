import { ChangeBadge } from "@/components/change-badge";
import { formatValue, type Measure } from "@/lib/format/number";
import type { RevenueBucket } from "./revenue-series";

interface RevenueTooltipProps {
  bucket: RevenueBucket;
  measure: Measure;
  /** Null while changes are neither good nor bad. */
  higherIsBetter: boolean | null;
}

export function RevenueTooltip({ bucket, measure, higherIsBetter }: RevenueTooltipProps) {
  return (
    <div className="min-w-48 tabular-nums">
      <p className="font-medium">
        {bucket.title}
        {bucket.note && <span className="font-normal text-muted-foreground"> · {bucket.note}</span>}
      </p>
      <dl className="mt-1.5 grid grid-cols-[1fr_auto] gap-x-6 gap-y-0.5">
        <dt className="text-muted-foreground">Revenue</dt>
        <dd className="text-right font-medium">{formatValue(bucket.revenue, measure)}</dd>
        <dt className="text-muted-foreground">Orders</dt>
        <dd className="text-right">{formatValue(bucket.orders, { unit: "count" })}</dd>
        {bucket.change && (
          <>
            <dt className="text-muted-foreground">{bucket.comparedTitle ?? "Before"}</dt>
            <dd className="text-right">{formatValue(bucket.change.value, measure)}</dd>
            <dt className="text-muted-foreground">Change</dt>
            <dd className="text-right">
              <ChangeBadge change={bucket.change} higherIsBetter={higherIsBetter} />
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}
