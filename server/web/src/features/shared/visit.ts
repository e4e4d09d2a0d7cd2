import type { ApiError } from "@/lib/api/error";

/** What whoever has a link shows with each request. */
export interface Visit {
  token: string;
  /** What they were given for its password. */
  ticket: string | null;
  /** The key of the frame, where a page of somebody else's shows it. */
  embedKey: string | null;
}

/** No cookie goes along: it is the link that opens, whoever is signed in, and frames have none. */
export function asked({ token, ticket, embedKey }: Visit) {
  return {
    credentials: "omit" as const,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(ticket !== null && { "Share-Ticket": ticket }),
      ...(embedKey !== null && { "Share-Embed-Key": embedKey }),
    },
  };
}

/** Whether the link wants its password, for the first time or once more. */
export function isLocked(error: ApiError): boolean {
  return error.code === "password_wanted";
}

/** Whether the link's dashboard is another one by now. */
export function isChanged(error: ApiError): boolean {
  return error.code === "dashboard_changed";
}

/** Whether the link shows nothing any more. */
export function isOver(error: ApiError): boolean {
  return error.status === 410;
}

function keyOf(token: string): string {
  return `aloftly.ticket.${token.slice(-16)}`;
}

/** The ticket that this tab was given, so that a password is asked for once. A frame may have no storage: then it asks again. */
export function keptTicket(token: string): string | null {
  try {
    return window.sessionStorage.getItem(keyOf(token));
  } catch {
    return null;
  }
}

export function keepTicket(token: string, ticket: string): void {
  try {
    window.sessionStorage.setItem(keyOf(token), ticket);
  } catch {
    // It is only lost by reloading.
  }
}

export function forgetTicket(token: string): void {
  try {
    window.sessionStorage.removeItem(keyOf(token));
  } catch {
    // Then it was not kept either.
  }
}
