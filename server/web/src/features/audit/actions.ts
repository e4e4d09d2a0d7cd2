import type { AuditEvent } from "@/lib/api/types";

export interface ActionChoice {
  action: string;
  /** In the server's words. */
  title: string;
}

/** Something that may be the name of an action: which ones there are is for the server to say. */
export function isAction(text: string): boolean {
  return /^[a-z_]{1,64}\.[a-z_]{1,64}$/.test(text);
}

/** Each action of some events once, by what it is called; also the one that is chosen, be it among them or not. */
export function choicesOf(events: AuditEvent[], chosen: string | undefined): ActionChoice[] {
  const titles = new Map(events.map(({ action, summary }) => [action, summary]));
  if (chosen !== undefined && !titles.has(chosen)) titles.set(chosen, chosen);
  return [...titles]
    .map(([action, title]) => ({ action, title }))
    .sort((one, other) => one.title.localeCompare(other.title));
}
