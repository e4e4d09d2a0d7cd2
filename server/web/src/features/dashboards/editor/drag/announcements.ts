import type { Announcements } from "@dnd-kit/core";
import type { DashboardDocument } from "@/lib/dashboards/document";
import { landing, parseTarget, type Target } from "./targets";

export interface Names {
  widget: (id: string) => string;
  section: (id: string) => string;
}

/** How one goes on, for those who hear it. */
export const INSTRUCTIONS =
  "Press Space or Enter to pick it up. The arrow keys then move it, Space or Enter puts it down, and Escape leaves it where it was.";

function nameOf({ kind, id }: Target, names: Names): string {
  return kind === "section" ? names.section(id) : names.widget(id);
}

function place(active: Target, over: Target | null, document: DashboardDocument, names: Names): string {
  const at = landing(active, over, document);
  if (!at) return "where it was";
  const within = at.sectionId === null ? "" : ` in ${names.section(at.sectionId)}`;
  return `${at.place} of ${at.of}${within}`;
}

/** What is said while something is moved. */
export function announcements(document: () => DashboardDocument, names: Names): Announcements {
  const say = (
    active: { id: string | number },
    over: { id: string | number } | null,
    words: (name: string, where: string) => string,
  ): string | undefined => {
    const moved = parseTarget(active.id);
    if (!moved) return undefined;
    const target = over && parseTarget(over.id);
    return words(nameOf(moved, names), place(moved, target, document(), names));
  };
  // Whatever is picked up is over itself at first, which is nothing to speak of.
  let isFresh = false;
  return {
    onDragStart: ({ active }) => {
      isFresh = true;
      return say(active, null, (name, where) => `Picked up ${name}, ${where}.`);
    },
    onDragOver: ({ active, over }) => {
      if (isFresh && (over === null || over.id === active.id)) return undefined;
      isFresh = false;
      const isBack = over === null || over.id === active.id;
      return say(active, over, (name, where) => `${name} would ${isBack ? "stay" : "be"} ${where}.`);
    },
    // It has been put down by then.
    onDragEnd: ({ active }) => say(active, null, (name, where) => `${name} is now ${where}.`),
    onDragCancel: ({ active }) => say(active, null, (name, where) => `${name} stays ${where}.`),
  };
}
