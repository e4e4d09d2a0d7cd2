import type { AuditEvent } from "@/lib/api/types";
import { formatInstant, ownZone } from "@/lib/format/date";

export interface DetailPart {
  key: string | null;
  text: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function textOf(value: unknown): string {
  if (typeof value === "string") return INSTANT.test(value) ? formatInstant(value, ownZone()) : value;
  if (Array.isArray(value) && value.length > 0) return value.map(textOf).join(", ");
  return JSON.stringify(value);
}

/** What tells more about an event, as keys and texts; what something was before and after is one of them. */
export function detailOf({ detail }: Pick<AuditEvent, "detail">): DetailPart[] {
  const { from, to, ...others } = detail;
  const parts: DetailPart[] = Object.entries(others).map(([key, value]) => ({
    key: key.replaceAll("_", " "),
    text: textOf(value),
  }));
  if (from !== undefined && to !== undefined) {
    return [...parts, { key: null, text: `${textOf(from)} → ${textOf(to)}` }];
  }
  if (from !== undefined) parts.push({ key: "from", text: textOf(from) });
  if (to !== undefined) parts.push({ key: "to", text: textOf(to) });
  return parts;
}
