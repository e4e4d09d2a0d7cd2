import type { ChartPoint } from "@/components/charts";
import type { QueryResponse } from "@/lib/api/types";
import { todayIn } from "@/lib/dates";
import { formatBucket, type Bucket } from "@/lib/format/date";
import { toNumber, type Value } from "@/lib/format/number";
import type { Granularity } from "@/lib/metrics/range";
import { changeOf, comparedTime, valueOf, type Change, type Row } from "@/lib/metrics/response";

export const REVENUE = "shopify.revenue";
export const ORDERS = "shopify.orders";
export const AOV = "shopify.aov";

export const BUCKET_TITLES: Record<Granularity, string> = {
  hour: "Hour",
  day: "Day",
  week: "Week",
  month: "Month",
};

const HOUR_MS = 3_600_000;

/** One bucket of the revenue chart, with the exact values that its tooltip and table show. */
export interface RevenueBucket {
  key: string;
  axis: string;
  title: string;
  /** Its time is not over, and the range goes on, too. */
  unfinished: boolean;
  /** The range cuts it. */
  clipped: boolean;
  /** What is to be known about the bucket, if its time is not all there. */
  note: string | null;
  revenue: Value;
  orders: Value;
  aov: Value;
  change: Change | null;
  /** The bucket that it is compared with. */
  comparedTitle: string | null;
}

export function revenueBuckets(
  response: QueryResponse,
  bucket: Bucket,
  now: Date = new Date(),
): RevenueBucket[] {
  const incomplete = new Set(response.meta.incomplete);
  // A range that ended yesterday cuts this week; only one that goes on has this week "so far".
  const goesOn = Date.parse(response.meta.range.end) > now.getTime();
  const unfinished = goesOn ? incomplete : new Set<string>();
  const clipped = new Set([...response.meta.clipped, ...(goesOn ? [] : incomplete)]);
  const today = todayIn(response.meta.range.timezone, now);
  const isAhead = (time: string) => (bucket === "hour" ? Date.parse(time) > now.getTime() : time > today);
  // Of a day or an hour that is over, what is missing is missing because a source is behind.
  const isOver = (time: string) =>
    bucket === "hour" ? Date.parse(time) + HOUR_MS <= now.getTime() : bucket === "day" && time < today;
  const noteOf = (row: Row, time: string) => {
    const unknown = valueOf(row, REVENUE) === null;
    if (unfinished.has(time) && unknown) return isAhead(time) ? "to come" : "no data yet";
    if (unfinished.has(time)) return isOver(time) ? "not all there" : "not over yet";
    if (unknown) return "no data";
    return clipped.has(time) ? `part of the ${bucket}` : null;
  };
  return response.rows.map((row) => {
    const time = String(row.time);
    const compared = comparedTime(row);
    return {
      key: time,
      axis: formatBucket(time, bucket, "short"),
      title: formatBucket(time, bucket, "long"),
      unfinished: unfinished.has(time),
      clipped: clipped.has(time) && !unfinished.has(time),
      note: noteOf(row, time),
      revenue: valueOf(row, REVENUE),
      orders: valueOf(row, ORDERS),
      aov: valueOf(row, AOV),
      change: changeOf(row, REVENUE),
      comparedTitle: compared === null ? null : formatBucket(compared, bucket, "long"),
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
