import type { CustomerRequest, Customers } from "@/lib/api/types";
import { addDays, daysIn, todayIn, type LocalDate } from "@/lib/dates";
import { ownZone } from "@/lib/format/date";

/** So many days there are to answer, by the rules that providers hold stores to. */
const DAYS = 30;
/** With fewer left it is pressing. */
const PRESSING = 7;

/** The last day on which a request is answered in time, on the calendar of whoever reads. */
export function dueOn({ requested_at }: Pick<CustomerRequest, "requested_at">): LocalDate {
  return addDays(todayIn(ownZone(), new Date(requested_at)), DAYS);
}

interface Urgency {
  title: string;
  tone: "warn" | "bad";
}

/** How pressing a request is, in a word or two; null while there is time. */
export function urgencyOf(request: Pick<CustomerRequest, "requested_at">, now?: Date): Urgency | null {
  const left = daysIn({ from: todayIn(ownZone(), now), to: dueOn(request) }) - 1;
  if (left < 0) return { title: left === -1 ? "1 day late" : `${-left} days late`, tone: "bad" };
  if (left === 0) return { title: "Due today", tone: "warn" };
  if (left >= PRESSING) return null;
  return { title: left === 1 ? "1 day left" : `${left} days left`, tone: "warn" };
}

/** Whom a request is about, for the server; null where it does not say. Who has an ID may have changed their address since. */
export function customersOf({
  customer_id,
  email,
}: Pick<CustomerRequest, "customer_id" | "email">): Customers | null {
  if (customer_id) return { customer_ids: [customer_id] };
  return email ? { email } : null;
}

/** The open ones, the most pressing first, and the answered ones, the latest first. */
export function sortOut(requests: CustomerRequest[]): {
  open: CustomerRequest[];
  answered: CustomerRequest[];
} {
  const at = (instant: string | null | undefined) => Date.parse(instant ?? "");
  return {
    open: requests
      .filter(({ answered_at }) => !answered_at)
      .sort((one, other) => at(one.requested_at) - at(other.requested_at)),
    answered: requests
      .filter(({ answered_at }) => answered_at)
      .sort((one, other) => at(other.answered_at) - at(one.answered_at)),
  };
}
