import type { DashboardDocument } from "@/lib/dashboards/document";
import { placeOf, type Change } from "../state";

/** What is taken up, and what it is let go over: a widget, a section, or the end of a section. */
export type TargetKind = "widget" | "section" | "end";

export interface Target {
  kind: TargetKind;
  id: string;
}

export function targetId({ kind, id }: Target): string {
  return `${kind}:${id}`;
}

export function parseTarget(text: string | number | undefined): Target | null {
  const [kind, id] = String(text ?? "").split(":");
  if (!id || (kind !== "widget" && kind !== "section" && kind !== "end")) return null;
  return { kind, id };
}

type Sections = Pick<DashboardDocument, "sections">;

/** Everything that something can be let go over, in the order of reading. */
export function targetsFor(active: Target, { sections }: Sections): Target[] {
  if (active.kind === "section") return sections.map(({ id }) => ({ kind: "section", id }));
  return sections.flatMap((section) => [
    ...section.widgets.map(({ id }): Target => ({ kind: "widget", id })),
    { kind: "end", id: section.id },
  ]);
}

/** Where something would be: as which of how many, and in which section. */
export interface Landing {
  /** From 1. */
  place: number;
  of: number;
  sectionId: string | null;
}

/** What letting go means; null where everything stays as it is. */
export function dropChange(active: Target, over: Target | null, document: DashboardDocument): Change | null {
  if (!over) return null;
  if (active.kind === "section") {
    const position = document.sections.findIndex(({ id }) => id === over.id);
    const isThere = document.sections[position]?.id === active.id;
    return over.kind === "section" && !isThere ? { type: "move-section", id: active.id, position } : null;
  }
  const from = placeOf(document, active.id);
  if (!from) return null;
  if (over.kind === "end") {
    const section = document.sections.find(({ id }) => id === over.id);
    if (!section) return null;
    const isLast = from.section === section && from.position === section.widgets.length - 1;
    const position = section.widgets.length - (from.section === section ? 1 : 0);
    return isLast ? null : { type: "move", id: active.id, sectionId: section.id, position };
  }
  const to = over.kind === "widget" ? placeOf(document, over.id) : null;
  if (!to || to.widget === from.widget) return null;
  return { type: "move", id: active.id, sectionId: to.section.id, position: to.position };
}

/** Where something is, or would be once it is let go. */
export function landing(active: Target, over: Target | null, document: DashboardDocument): Landing | null {
  const change = dropChange(active, over, document);
  if (active.kind === "section") {
    const at = document.sections.findIndex(({ id }) => id === active.id);
    const position = change?.type === "move-section" ? change.position : at;
    return { place: position + 1, of: document.sections.length, sectionId: null };
  }
  const from = placeOf(document, active.id);
  if (!from) return null;
  if (change?.type !== "move") {
    return { place: from.position + 1, of: from.section.widgets.length, sectionId: from.section.id };
  }
  const to = document.sections.find(({ id }) => id === change.sectionId);
  const of = (to?.widgets.length ?? 0) + (to === from.section ? 0 : 1);
  return { place: change.position + 1, of, sectionId: change.sectionId };
}

/** On which side of what it is over something will stand; null where it stays. */
export function sideOf(active: Target, over: Target, document: DashboardDocument): "before" | "after" | null {
  const change = dropChange(active, over, document);
  if (!change) return null;
  if (change.type === "move-section") {
    const at = document.sections.findIndex(({ id }) => id === active.id);
    return at < change.position ? "after" : "before";
  }
  if (over.kind !== "widget") return "before";
  const from = placeOf(document, active.id);
  const to = placeOf(document, over.id);
  const isForward = from !== null && from.section === to?.section && from.position < to.position;
  return isForward ? "after" : "before";
}
