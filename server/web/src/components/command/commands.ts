import { createContext, use, useEffect, useSyncExternalStore, type ReactNode } from "react";

/** Something that can be done from wherever one is: by its keys, or by its name in the palette. */
export interface Command {
  /** Its own among all that are there at a time. */
  id: string;
  title: string;
  /** Under what it is listed: "Dashboards". */
  group: string;
  /** What tells it from others of the same name. */
  hint?: string;
  /** More words that it is found by. */
  words?: string;
  /** What is pressed, as `lib/keys` writes it. */
  keys?: string;
  /** Also while somebody types: only for keys that type nothing. */
  whileTyping?: boolean;
  icon?: ReactNode;
  /** Has keys that are listed, but is no entry of the palette, such as what opens it. */
  unlisted?: boolean;
  run: () => void;
  /** Where to go on, where that is another place than one came from. */
  goal?: () => HTMLElement | null;
}

const lists = new Set<readonly Command[]>();
const listeners = new Set<() => void>();
let all: readonly Command[] = [];

function changed(): void {
  all = [...lists].flat();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** All commands that there are at the moment, those of the page last. */
export function allCommands(): readonly Command[] {
  return all;
}

export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(subscribe, allCommands);
}

/** Offers commands while it is shown. The list is to be the same until something in it changes. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    lists.add(commands);
    changed();
    return () => {
      lists.delete(commands);
      changed();
    };
  }, [commands]);
}

interface Center {
  openPalette: () => void;
  openShortcuts: () => void;
}

export const CommandCenterContext = createContext<Center | null>(null);

export function useCommandCenter(): Center {
  const center = use(CommandCenterContext);
  if (!center) throw new Error("useCommandCenter needs a CommandCenter above it");
  return center;
}
