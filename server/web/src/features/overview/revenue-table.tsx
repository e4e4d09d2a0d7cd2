import { ChangeBadge } from "@/components/change-badge";
import { Table, TableCell, TableHead, TableRow } from "@/components/ui/table";
import { formatValue, type Measure } from "@/lib/format/number";
import type { RevenueBucket } from "./revenue-series";

interface RevenueTableProps {
  buckets: RevenueBucket[];
  bucketTitle: string;
  measure: Measure;
  /** Null while changes are neither good nor bad. */
  higherIsBetter: boolean | null;
}

/** The chart's numbers, exact. */
export function RevenueTable({ buckets, bucketTitle, measure, higherIsBetter }: RevenueTableProps) {
  const compared = buckets.some((bucket) => bucket.change !== null);
  return (
    <Table label="Revenue over time" className="tabular-nums" containerClassName="max-h-80">
      <thead className="sticky top-0 z-10 bg-card">
        <tr>
          <TableHead>{bucketTitle}</TableHead>
          <TableHead className="text-right">Revenue</TableHead>
          <TableHead className="text-right">Orders</TableHead>
          <TableHead className="text-right">Average order</TableHead>
          {compared && <TableHead className="text-right">Before</TableHead>}
          {compared && <TableHead className="text-right">Change</TableHead>}
        </tr>
      </thead>
      <tbody>
        {buckets.map((bucket) => (
          <TableRow key={bucket.key}>
            <TableCell className="whitespace-nowrap">
              {bucket.title}
              {bucket.note && <span className="text-muted-foreground"> · {bucket.note}</span>}
            </TableCell>
            <TableCell className="text-right">{formatValue(bucket.revenue, measure)}</TableCell>
            <TableCell className="text-right">{formatValue(bucket.orders, { unit: "count" })}</TableCell>
            <TableCell className="text-right">{formatValue(bucket.aov, measure, "currency")}</TableCell>
            {compared && (
              <TableCell
                className="text-right text-muted-foreground"
                title={bucket.comparedTitle ?? undefined}
              >
                {formatValue(bucket.change?.value ?? null, measure)}
              </TableCell>
            )}
            {compared && (
              <TableCell className="text-right">
                {bucket.change && <ChangeBadge change={bucket.change} higherIsBetter={higherIsBetter} />}
              </TableCell>
            )}
          </TableRow>
        ))}
      </tbody>
    </Table>
  );
}
