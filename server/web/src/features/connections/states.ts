import type { Integration, Provider } from "@/lib/api/types";

export interface ConnectionState {
  title: string;
  tone: "accent" | "warn" | "bad";
}

/** How a connection is, in a word or two. */
export function stateOf({ status, latest_sync }: Integration): ConnectionState {
  switch (status) {
    case "choosing":
      return { title: "Choose an account", tone: "warn" };
    case "revoked":
      return { title: "Needs to be connected again", tone: "bad" };
    case "disconnected":
      return { title: "Disconnected", tone: "warn" };
    case "connected":
    case "broken":
      if (latest_sync?.status === "running") return { title: "Reading…", tone: "accent" };
      return status === "broken"
        ? { title: "Not working", tone: "bad" }
        : { title: "Connected", tone: "accent" };
  }
}

/** Whether it can be read at all. */
export function isReadable({ status }: Integration): boolean {
  return status === "connected" || status === "broken";
}

/** The one thing that mends a connection: signing in anew, choosing, or another try. */
export type Remedy = "connect" | "choose" | "read";

/** What was wrong with what somebody typed or allowed: another try would only fail again. */
const WANT_SIGN_IN = ["access_revoked", "access_denied", "invalid_field"];

export function remedyOf({ status, problem }: Integration): Remedy | null {
  switch (status) {
    case "choosing":
      return "choose";
    case "revoked":
      return "connect";
    case "broken":
      return problem && WANT_SIGN_IN.includes(problem.code) ? "connect" : "read";
    default:
      return null;
  }
}

export interface Source {
  /** Missing where this server does not know the provider any more. */
  provider: Provider | undefined;
  title: string;
  connection: Integration;
}

/** The connections in the order of the providers, and the providers that have none. */
export function sortOut(
  providers: Provider[],
  connections: Integration[],
): { sources: Source[]; others: Provider[] } {
  const place = ({ provider }: Integration) => {
    const index = providers.findIndex(({ id }) => id === provider);
    return index === -1 ? providers.length : index;
  };
  const sources = [...connections]
    .sort((one, other) => place(one) - place(other))
    .map((connection) => {
      const provider = providers.find(({ id }) => id === connection.provider);
      return { provider, title: provider?.title ?? connection.provider, connection };
    });
  const others = providers.filter(({ id }) => !connections.some(({ provider }) => provider === id));
  return { sources, others };
}
