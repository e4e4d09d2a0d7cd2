import { useSyncExternalStore } from "react";

/*
 * The tokens of links that show a dashboard. They are in the fragment of the address, which no server and no referrer sees, and stay
 * there: such a link is meant to be opened again, and a bookmark of it has to work.
 */

function token(): string | null {
  const found = new URLSearchParams(window.location.hash.slice(1)).get("token");
  return found === "" ? null : found;
}

function subscribe(listener: () => void): () => void {
  // Another link that is pasted into this tab changes the fragment alone.
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

/** The token that this page was opened with; null when it was opened without. */
export function useShareToken(): string | null {
  return useSyncExternalStore(subscribe, token);
}

/** The address that shows a link. */
export function shareAddress(token: string): string {
  return `${window.location.origin}/shared#token=${encodeURIComponent(token)}`;
}

/** The address of the frame that shows it within another page. */
export function embedAddress(embedKey: string, token: string): string {
  return `${window.location.origin}/embed/${encodeURIComponent(embedKey)}#token=${encodeURIComponent(token)}`;
}
