import { useSyncExternalStore } from "react";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "aloftly.theme";
const listeners = new Set<() => void>();
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
/** Paper is light, whatever the screen is. */
const paper = window.matchMedia("print");

function stored(): Theme {
  try {
    const value = window.localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === value) ?? "system";
  } catch {
    return "system";
  }
}

let current = stored();

function apply(): void {
  const dark = !paper.matches && (current === "dark" || (current === "system" && systemDark.matches));
  document.documentElement.classList.toggle("dark", dark);
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", dark ? "#111317" : "#fafafa");
}

systemDark.addEventListener("change", apply);
paper.addEventListener("change", apply);

function setTheme(theme: Theme): void {
  current = theme;
  try {
    window.localStorage.setItem(KEY, theme);
  } catch {
    // It then holds until the page is closed.
  }
  apply();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The chosen theme; `public/theme.js` has applied it before the first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, () => current), setTheme];
}
