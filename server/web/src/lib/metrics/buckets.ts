import type { QueryResponse } from "@/lib/api/types";
import { todayIn } from "@/lib/dates";
import { formatBucket, type Bucket } from "@/lib/format/date";
import { comparedTime, type Row } from "./response";

const HOUR_MS = 3_600_000;

const BUCKETS: readonly Bucket[] = ["hour", "day", "week", "month", "quarter", "year"];

/** What the lengths of buckets are called. */
export const BUCKET_TITLES: Record<Bucket, string> = {
  hour: "Hour",
  day: "Day",
  week: "Week",
  month: "Month",
  quarter: "Quarter",
  year: "Year",
};

/** The length of an answer's buckets; null where it has none. */
export function bucketOf(response: QueryResponse): Bucket | null {
  return BUCKETS.find((bucket) => bucket === response.meta.query.granularity) ?? null;
}

/** The starts of the buckets of which not all counts: their time is not over, or the range cuts them. */
export function partialTimes({ meta }: QueryResponse): ReadonlySet<string> {
  return new Set([...meta.incomplete, ...meta.clipped]);
}

/** A stretch of time that a row is about. */
export interface TimeBucket {
  /** Its start, as the server writes it. */
  key: string;
  /** Its name on an axis. */
  axis: string;
  /** Its name in full. */
  title: string;
  /** Its time is not over, and the range goes on, too. */
  unfinished: boolean;
  /** The range cuts it. */
  clipped: boolean;
  /** Its time is over, and still not all there: a source is behind. */
  behind?: boolean;
  /** The name of the bucket that it is compared with. */
  comparedTitle: string | null;
  /** What is to be known about it, if its time is not all there, or a value of it is not known. */
  note: (isUnknown: boolean) => string | null;
}

/** Reads the bucket that a row is about. */
export function bucketReader(
  response: QueryResponse,
  bucket: Bucket,
  now: Date = new Date(),
): (row: Row) => TimeBucket {
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
  const cut = new Set(response.meta.clipped);
  const isBehind = (time: string) => incomplete.has(time) && !cut.has(time) && isOver(time);
  const noteOf = (time: string, isUnknown: boolean) => {
    if (unfinished.has(time) && isUnknown) return isAhead(time) ? "to come" : "no data yet";
    if (unfinished.has(time)) return isBehind(time) ? "its source is behind" : "not over yet";
    if (isUnknown) return "no data";
    if (isBehind(time)) return "its source is behind";
    return clipped.has(time) ? `part of the ${bucket}` : null;
  };
  return (row) => {
    const time = String(row.time);
    const compared = comparedTime(row);
    return {
      key: time,
      axis: formatBucket(time, bucket, "short"),
      title: formatBucket(time, bucket, "long"),
      unfinished: unfinished.has(time),
      clipped: clipped.has(time) && !unfinished.has(time),
      behind: isBehind(time),
      comparedTitle: compared === null ? null : formatBucket(compared, bucket, "long"),
      note: (isUnknown) => noteOf(time, isUnknown),
    };
  };
}

/** How a legend calls the buckets that are not all there. */
export function partialTitles(bucket: Bucket, buckets: readonly TimeBucket[]): string[] {
  const titles: string[] = [];
  if (buckets.some(({ unfinished, behind }) => unfinished && !behind)) {
    titles.push(bucket === "day" ? "Today, so far" : `This ${bucket}, so far`);
  }
  if (buckets.some(({ behind }) => behind)) titles.push("Its source is behind");
  if (buckets.some(({ clipped, behind }) => clipped && !behind)) titles.push(`Part of a ${bucket}`);
  return titles;
}
