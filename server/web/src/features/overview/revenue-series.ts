import type { ChartPoint } from "@/components/charts";
import type { QueryResponse } from "@/lib/api/types";
import type { Bucket } from "@/lib/format/date";
import { toNumber, type Value } from "@/lib/format/number";
import { bucketReader, type TimeBucket } from "@/lib/metrics/buckets";
import { changeOf, valueOf, type Change } from "@/lib/metrics/response";

export const REVENUE = "shopify.revenue";
export const ORDERS = "shopify.orders";
export const AOV = "shopify.aov";

/** One bucket of the revenue chart, with the exact values that its tooltip and table show. */
export interface RevenueBucket extends Omit<TimeBucket, "note"> {
  /** What is to be known about the bucket, if its time is not all there. */
  note: string | null;
  revenue: Value;
  orders: Value;
  aov: Value;
  change: Change | null;
}

export function revenueBuckets(
  response: QueryResponse,
  bucket: Bucket,
  now: Date = new Date(),
): RevenueBucket[] {
  const read = bucketReader(response, bucket, now);
  return response.rows.map((row) => {
    const { note, ...time } = read(row);
    const revenue = valueOf(row, REVENUE);
    return {
      ...time,
      note: note(revenue === null),
      revenue,
      orders: valueOf(row, ORDERS),
      aov: valueOf(row, AOV),
      change: changeOf(row, REVENUE),
    };
  });
}

export function chartPoints(buckets: RevenueBucket[]): ChartPoint[] {
  return buckets.map((bucket) => ({
    key: bucket.key,
    label: bucket.axis,
    partial: bucket.unfinished || bucket.clipped,
    values: { current: toNumber(bucket.revenue), previous: toNumber(bucket.change?.value ?? null) },
  }));
}
