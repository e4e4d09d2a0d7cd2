import type { DateRange } from "@/lib/dates";
import { formatDate } from "@/lib/format/date";

/** Says how far the data reach where none of the days is among them; null where some are. */
export function outsideData(days: DateRange, data: DateRange | undefined): string | null {
  if (!data) return null;
  if (days.from > data.to) return `The data of this store ends on ${formatDate(data.to)}.`;
  if (days.to < data.from) return `The data of this store begins on ${formatDate(data.from)}.`;
  return null;
}
