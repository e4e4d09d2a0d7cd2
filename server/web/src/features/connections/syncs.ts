import type { Provider, Sync } from "@/lib/api/types";
import { formatRange } from "@/lib/format/date";
import { formatCount } from "@/lib/format/number";

/** Whether it is still to come, or comes in. */
export function isUnderWay({ status }: Pick<Sync, "status">): boolean {
  return status === "queued" || status === "running";
}

/** Whether an attempt came to nothing and it waits for the next one. */
export function isPostponed({ status, problem }: Sync): boolean {
  return status === "queued" && Boolean(problem);
}

const KINDS: Record<string, string> = {
  full: "Everything",
  incremental: "What changed",
  range: "Some days",
  things: "Single records",
  reconcile: "Comparison with the source",
  rebuild: "Rows made anew",
};

/** What is read, as the start of a line. */
export function kindOf({ kind, first_day, last_day }: Sync): string {
  if (kind === "range" && first_day && last_day) return formatRange({ from: first_day, to: last_day });
  // A newer server may read what this page has no word for.
  return KINDS[kind] ?? kind;
}

/** Why it is there. */
export function causeOf({ cause }: Sync, title: string): string {
  switch (cause) {
    case "connected":
      return "First reading";
    case "schedule":
      return "By the clock";
    case "person":
      return "Asked for";
    case "webhook":
      return `${title} told of it`;
  }
}

type Tone = "plain" | "accent" | "bad";

/** How far it is, or how it ended. */
export function outcomeOf(sync: Sync): { title: string; tone: Tone } {
  if (sync.cancelling) return { title: "Being called off", tone: "plain" };
  switch (sync.status) {
    case "queued":
      return { title: isPostponed(sync) ? "Tried again" : "Waiting", tone: "plain" };
    case "running":
      return { title: "Reading…", tone: "accent" };
    case "done":
      return { title: "Done", tone: "plain" };
    case "failed":
      return { title: "Failed", tone: "bad" };
    case "cancelled":
      return { title: "Called off", tone: "plain" };
  }
}

/** What the store has of what was read. */
export function changesOf({ counts }: Pick<Sync, "counts">): string {
  const parts = [
    `${formatCount(counts.new)} new`,
    `${formatCount(counts.updated)} updated`,
    `${formatCount(counts.removed)} removed`,
  ];
  return parts.join(" · ");
}

export function recordsOf(count: number): string {
  return count === 1 ? "1 record" : `${formatCount(count)} records`;
}

/** How many seconds it took; null before it is over, and where it never began. */
export function secondsOf({ started_at, finished_at }: Sync): number | null {
  return started_at && finished_at ? (Date.parse(finished_at) - Date.parse(started_at)) / 1000 : null;
}

/** The share of it that is read; null where the source does not tell how much there is, or has told too little. */
export function shareOf({ records, expected }: Sync): number | null {
  return expected && records <= expected ? records / expected : null;
}

interface StreamState {
  id: string;
  title: string;
  state: "done" | "reading" | "to come";
}

/** What a provider is read by, in its order, and how far each is. */
export function streamsOf(sync: Sync, { streams }: Pick<Provider, "streams">): StreamState[] {
  const states = streams.map(({ id, title }): StreamState => {
    const done = sync.finished_streams.includes(id);
    const reading = sync.status === "running" && sync.stream === id;
    return { id, title, state: done ? "done" : reading ? "reading" : "to come" };
  });
  // Single records are of some streams only, and nobody knows of which before.
  return sync.kind === "things" ? states.filter(({ state }) => state !== "to come") : states;
}
