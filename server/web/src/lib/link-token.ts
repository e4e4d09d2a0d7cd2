import { useState, useSyncExternalStore } from "react";

/*
 * The secrets of links that were sent by mail. They come in the fragment, which no server and no referrer sees, leave the
 * address bar before anything is shown, and are kept for this tab so that reloading the page does not lose them.
 */

const PAGES = ["/sign-up/complete", "/sign-in/link", "/reset-password", "/verify-email", "/invite"] as const;

export type LinkPage = (typeof PAGES)[number];

const held = new Map<LinkPage, string>();
const listeners = new Set<() => void>();

function keyOf(page: LinkPage): string {
  return `aloftly.link${page}`;
}

/** Takes the secret out of the address bar, where there is one. */
export function takeLinkToken(): void {
  const { pathname, search, hash } = window.location;
  const page = PAGES.find((known) => known === pathname.replace(/\/$/, ""));
  const token = new URLSearchParams(hash.slice(1)).get("token");
  if (!page || !token) return;
  held.set(page, token);
  try {
    window.sessionStorage.setItem(keyOf(page), token);
  } catch {
    // Without storage it is only lost by reloading.
  }
  window.history.replaceState(window.history.state, "", pathname + search);
  for (const listener of listeners) listener();
}

/** Forgets the secret of a page, which has served or is worth nothing. */
export function forgetLinkToken(page: LinkPage): void {
  held.delete(page);
  try {
    window.sessionStorage.removeItem(keyOf(page));
  } catch {
    // Then it was not kept either.
  }
}

export function linkToken(page: LinkPage): string | null {
  try {
    return held.get(page) ?? window.sessionStorage.getItem(keyOf(page));
  } catch {
    return null;
  }
}

function subscribe(listener: () => void): () => void {
  // A link that is pasted into this tab changes the fragment alone.
  window.addEventListener("hashchange", takeLinkToken);
  listeners.add(listener);
  return () => {
    window.removeEventListener("hashchange", takeLinkToken);
    listeners.delete(listener);
  };
}

/** The secret that a page was opened with, also when it has served and is forgotten; null when it was opened without. */
export function useLinkToken(page: LinkPage): string | null {
  const kept = useSyncExternalStore(subscribe, () => linkToken(page));
  const [held, setHeld] = useState(kept);
  if (kept !== null && kept !== held) setHeld(kept);
  return kept ?? held;
}
