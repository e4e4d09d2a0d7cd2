import { useSyncExternalStore } from "react";

/*
 * Shortcuts as texts: `?`, `g d` for one key after another, `mod+shift+z` for keys at once. `mod` is the key that the
 * system's own shortcuts begin with: Command on a Mac, Control elsewhere.
 */

/** How long after the first key of two the second may come. */
export const SEQUENCE_MS = 1200;

interface Stroke {
  key: string;
  mod: boolean;
  shift: boolean;
}

export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}

function parseStroke(text: string): Stroke {
  const parts = text.split("+");
  return {
    key: parts.at(-1) ?? "",
    mod: parts.includes("mod"),
    shift: parts.includes("shift"),
  };
}

function strokesOf(keys: string): Stroke[] {
  return keys.split(" ").map(parseStroke);
}

/** Whether it is made of characters that one also types, which some have to be able to switch off. */
export function isPlain(keys: string): boolean {
  return strokesOf(keys).every(({ mod, key }) => !mod && key.length === 1);
}

type Pressed = Pick<
  KeyboardEvent,
  "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey" | "getModifierState"
>;

function isStroke(event: Pressed, stroke: Stroke): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key !== stroke.key) return false;
  if (stroke.mod) {
    const mod = isMac() ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
    return mod && !event.altKey && event.shiftKey === stroke.shift;
  }
  // On some keyboards `/` and `?` take the third level, which tells itself as Control and Alt.
  const held = (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph");
  return !held && (!/[a-z]/.test(key) || key.length > 1 || !event.shiftKey);
}

/** Whether a press is all of a shortcut, its beginning or the end of one that was begun; null when it is nothing of it. */
export function matchKeys(keys: string, event: Pressed, begun: string | null): "all" | "begins" | null {
  const [first, second] = strokesOf(keys);
  if (!first) return null;
  if (!second) return begun === null && isStroke(event, first) ? "all" : null;
  if (begun === null) return isStroke(event, first) ? "begins" : null;
  return begun === first.key && isStroke(event, second) ? "all" : null;
}

const NAMES: Record<string, string> = {
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  " ": "Space",
};

/** The keys to press as they are printed on them, one list for each press. */
export function keyNames(keys: string): string[][] {
  const mac = isMac();
  return strokesOf(keys).map(({ key, mod, shift }) => [
    ...(mod ? [mac ? "⌘" : "Ctrl"] : []),
    ...(shift ? [mac ? "⇧" : "Shift"] : []),
    NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key),
  ]);
}

/** As `aria-keyshortcuts` wants it; shortcuts of several presses have no such form. */
export function ariaKeys(keys: string): string | undefined {
  const [stroke, more] = strokesOf(keys);
  if (!stroke || more) return undefined;
  return [
    ...(stroke.mod ? [isMac() ? "Meta" : "Control"] : []),
    ...(stroke.shift ? ["Shift"] : []),
    stroke.key,
  ].join("+");
}

const WRITING = "input, textarea, select, [contenteditable=''], [contenteditable='true']";
const NO_TEXT = ["button", "checkbox", "radio", "range", "submit", "reset", "file", "color"];

/** Whether characters that are typed there go somewhere: into a text, or to the first letter of an entry. */
export function isTypedInto(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('[role="menu"], [role="listbox"], [role="textbox"]')) return true;
  const control = target.closest(WRITING);
  if (control instanceof HTMLInputElement) return !NO_TEXT.includes(control.type);
  return control !== null;
}

const KEY = "aloftly.keys";
const listeners = new Set<() => void>();

function stored(): boolean {
  try {
    return window.localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

let plainOn = stored();

/** Whether shortcuts of plain characters are on. */
export function arePlainKeysOn(): boolean {
  return plainOn;
}

export function setPlainKeys(on: boolean): void {
  plainOn = on;
  try {
    window.localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // It then holds until the page is closed.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePlainKeys(): boolean {
  return useSyncExternalStore(subscribe, arePlainKeysOn);
}
