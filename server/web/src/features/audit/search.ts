import { isLocalDate, addDays, type LocalDate } from "@/lib/dates";
import { isAction } from "./actions";

/** Which events are shown, as the address has it. */
export interface AuditSearch {
  q?: string;
  action?: string;
  /** The first day and the last, on the clock of whoever reads. */
  from?: LocalDate;
  to?: LocalDate;
}

/** What makes no sense is left out, so that an address that was written by hand shows something. */
export function parseAuditSearch({ q, action, from, to }: Record<string, unknown>): AuditSearch {
  // A number alone in an address is read as one.
  const text = typeof q === "number" ? String(q) : q;
  return {
    ...(typeof text === "string" && text.trim() !== "" && { q: text }),
    ...(typeof action === "string" && isAction(action) && { action }),
    ...(typeof from === "string" && isLocalDate(from) && { from }),
    ...(typeof to === "string" && isLocalDate(to) && { to }),
  };
}

/** When a day begins here. These are days of whoever reads and of no store, so the browser's zone is the right one. */
function beginningOf(day: LocalDate): string {
  return new Date(`${day}T00:00:00`).toISOString();
}

export interface AuditFilter {
  search?: string;
  action?: string;
  from?: string;
  to?: string;
}

/** The same for the server, which is asked from an instant and until another. */
export function filterOf({ q, action, from, to }: AuditSearch): AuditFilter {
  return {
    ...(q && { search: q.trim() }),
    ...(action && { action }),
    ...(from && { from: beginningOf(from) }),
    ...(to && { to: beginningOf(addDays(to, 1)) }),
  };
}

export function exportAddress(search: AuditSearch): string {
  const query = new URLSearchParams({ ...filterOf(search) }).toString();
  return query === "" ? "/api/audit/export" : `/api/audit/export?${query}`;
}

export function isNarrowed(search: AuditSearch): boolean {
  return Object.keys(filterOf(search)).length > 0;
}
