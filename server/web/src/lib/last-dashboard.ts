const KEY = "aloftly.dashboard";

/** The dashboard that was looked at last in this browser. */
export function lastDashboard(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function rememberDashboard(id: string): void {
  try {
    window.localStorage.setItem(KEY, id);
  } catch {
    // A convenience only.
  }
}

/** Forgets a dashboard that is no more. */
export function forgetDashboard(id: string): void {
  try {
    if (window.localStorage.getItem(KEY) === id) window.localStorage.removeItem(KEY);
  } catch {
    // Then it was not kept either.
  }
}
