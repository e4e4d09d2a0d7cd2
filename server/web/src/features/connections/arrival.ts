/** What came of a sign-in at a provider, which sends the browser back here. */
export type Arrival =
  | { kind: "connected"; id: string }
  /** Several accounts were opened. */
  | { kind: "choose"; id: string }
  | { kind: "problem"; code: string; provider: string | undefined };

export interface ConnectionsSearch {
  store?: string;
  /** The connection whose history is open. */
  history?: string;
  connected?: string;
  choose?: string;
  problem?: string;
  provider?: string;
}

const KEYS = ["store", "history", "connected", "choose", "problem", "provider"] as const;

/** Keeps what it understands of an address and leaves out the rest. */
export function parseConnectionsSearch(search: Record<string, unknown>): ConnectionsSearch {
  const texts = KEYS.filter((key) => typeof search[key] === "string" && search[key] !== "");
  return Object.fromEntries(texts.map((key) => [key, search[key]]));
}

export function arrivalOf({ connected, choose, problem, provider }: ConnectionsSearch): Arrival | null {
  if (connected !== undefined) return { kind: "connected", id: connected };
  if (choose !== undefined) return { kind: "choose", id: choose };
  if (problem !== undefined) return { kind: "problem", code: problem, provider };
  return null;
}

/** The address once it was read what came of the sign-in: it is news only once. */
export function withoutArrival<Search extends ConnectionsSearch>(search: Search) {
  return { ...search, connected: undefined, choose: undefined, problem: undefined, provider: undefined };
}

const WORDS: Record<string, (title: string) => string> = {
  connection_expired: (title) => `The way through ${title} took too long. Connect it once more.`,
  other_session: (title) =>
    `The way through ${title} was begun in another browser, or before you signed in anew. Connect it once more in this one.`,
  connection_declined: (title) =>
    `${title} was not allowed to let Aloftly in, or not with all that is needed. Connect it once more, and allow everything that ${title} asks about.`,
  provider_refused: (title) =>
    `${title} did not let Aloftly in, or did not answer. Try again in a while; if it stays so, look at ${title} whether your account there is in order.`,
  plan_limit: () =>
    "Your organisation's plan includes no more connections. Disconnect one that is not needed, or ask an owner for a larger plan.",
  other_account: (title) =>
    `This store has data of another account at ${title}. Connect this one to a store of its own.`,
  has_sample_data: (title) =>
    `The figures of this store are made up. Remove the sample data first, and connect ${title} then.`,
  no_account: (title) =>
    `There is no account at ${title} that this sign-in opens. Sign in there as somebody who has one.`,
  forbidden: () => "Only admins and owners connect sources. Ask one of them to do it.",
  not_found: (title) =>
    `The store is gone, or this server does not know ${title}. Choose a store and connect it once more.`,
  invalid_request: (title) =>
    `${title} does not know what was typed before the sign-in. Connect it once more, and look whether it is right.`,
  role_changed: () => "Your role was changed meanwhile. Connect it once more.",
};

/** Why nothing was connected and what to do, for the person at the screen. */
export function wordsForProblem(code: string, title: string): string {
  const words = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  return words?.(title) ?? `Connecting ${title} did not work. Nothing has changed; try again.`;
}
