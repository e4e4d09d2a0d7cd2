const KEY = "aloftly.store";

/** The store that was looked at last in this browser. */
export function lastStore(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function rememberStore(storeId: string): void {
  try {
    window.localStorage.setItem(KEY, storeId);
  } catch {
    // A convenience only.
  }
}
