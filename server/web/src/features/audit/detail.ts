import type { AuditEvent } from "@/lib/api/types";
import { formatInstant, ownZone } from "@/lib/format/date";

export interface DetailPart {
  key: string | null;
  text: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** What the values of some actions mean, where they do not say so themselves. */
const MEANINGS: Record<string, (value: unknown) => string | null> = {
  "retention.changed": (value) => {
    if (value === null) return "for ever";
    return typeof value === "number" ? (value === 1 ? "1 month" : `${value} months`) : null;
  },
};

function textOf(value: unknown): string {
  if (value === null) return "none";
  if (typeof value === "string") return INSTANT.test(value) ? formatInstant(value, ownZone()) : value;
  if (Array.isArray(value) && value.length > 0) return value.map(textOf).join(", ");
  return JSON.stringify(value);
}

/** What tells more about an event, as keys and texts; what something was before and after is one of them. */
export function detailOf({ action, detail }: Pick<AuditEvent, "action" | "detail">): DetailPart[] {
  const meaningOf = Object.hasOwn(MEANINGS, action) ? MEANINGS[action] : undefined;
  const inWords = (value: unknown) => meaningOf?.(value) ?? textOf(value);
  const { from, to, ...others } = detail;
  const parts: DetailPart[] = Object.entries(others).map(([key, value]) => ({
    key: key.replaceAll("_", " "),
    text: inWords(value),
  }));
  if (from !== undefined && to !== undefined) {
    return [...parts, { key: null, text: `${inWords(from)} → ${inWords(to)}` }];
  }
  if (from !== undefined) parts.push({ key: "from", text: inWords(from) });
  if (to !== undefined) parts.push({ key: "to", text: inWords(to) });
  return parts;
}
