/** How many steps can be taken back. */
export const STEPS = 100;
/** What is changed again within that time, such as a text that is typed, is one step. */
export const MERGE_MS = 1500;

interface Mark {
  key: string;
  at: number;
}

/** What is, what was before it, and what was taken back. */
export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
  /** What the newest step changed and when, where another change of the same may become a part of it. */
  mark: Mark | null;
}

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], mark: null };
}

/** Goes on to what is next; `mark` names what was changed, where a change of the same a moment later is no step of its own. */
export function advance<T>(history: History<T>, next: T, mark: Mark | null = null): History<T> {
  if (next === history.present) return history;
  const { past, present } = history;
  const merges = mark !== null && history.mark?.key === mark.key && mark.at - history.mark.at <= MERGE_MS;
  return { past: merges ? past : [...past, present].slice(-STEPS), present: next, future: [], mark };
}

export function undo<T>(history: History<T>): History<T> {
  const { past, present, future } = history;
  const before = past.at(-1);
  if (before === undefined) return history;
  return { past: past.slice(0, -1), present: before, future: [present, ...future], mark: null };
}

export function redo<T>(history: History<T>): History<T> {
  const { past, present, future } = history;
  const [next, ...rest] = future;
  if (next === undefined) return history;
  return { past: [...past, present], present: next, future: rest, mark: null };
}
