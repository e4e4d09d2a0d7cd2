const KEY = "aloftly.setting-up";

/** Whether somebody in this tab left the first steps to do one of them on another page. */
export function isSettingUp(): boolean {
  try {
    return window.sessionStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

/** Kept by the tab, so that it outlives the way to a provider and back. */
export function keepSettingUp(on: boolean): void {
  try {
    if (on) window.sessionStorage.setItem(KEY, "1");
    else window.sessionStorage.removeItem(KEY);
  } catch {
    // A convenience only.
  }
}
