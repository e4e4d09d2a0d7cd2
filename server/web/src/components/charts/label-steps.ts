import type { Bucket } from "@/lib/format/date";
import { textWidth } from "./text-width";

const GAP = 20;

/** Every so many buckets is a pace that people know: every sixth hour, every seventh day. */
const PACES: Record<Bucket, number[]> = {
  hour: [1, 2, 3, 4, 6, 12, 24, 48],
  day: [1, 2, 3, 4, 7, 14, 28, 56, 91, 182, 364],
  week: [1, 2, 4, 8, 13, 26, 52],
  month: [1, 2, 3, 6, 12, 24],
  quarter: [1, 2, 4, 8],
  year: [1, 2, 5, 10],
};

/** Which of the labels below an axis there is room for: all, or every so many of them. */
export function shownLabels(labels: string[], distance: number, size: number, bucket?: Bucket): number[] {
  const widest = Math.max(0, ...labels.map((label) => textWidth(label, size)));
  const needed = Math.max(1, Math.ceil((widest + GAP) / Math.max(distance, 0.01)));
  const pace = (bucket ? PACES[bucket] : []).find((step) => step >= needed) ?? needed;
  return labels.map((_, index) => index).filter((index) => index % pace === 0);
}
