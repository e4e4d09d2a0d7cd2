import type { AuditEvent } from "@/lib/api/types";

export interface DetailPart {
  key: string | null;
  text: string;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
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
