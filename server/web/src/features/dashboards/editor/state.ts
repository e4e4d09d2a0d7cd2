import type { DashboardDocument, DashboardSettings, Section, Widget } from "@/lib/dashboards/document";
import { hasRoomForSection, hasRoomForWidget } from "@/lib/dashboards/limits";
import { newSection } from "@/lib/dashboards/new-widget";

/** What an editor changes. Who sees a dashboard is no part of it: that is decided by itself, and not undone by a key. */
export interface Content {
  name: string;
  description: string;
  document: DashboardDocument;
}

export type Change =
  | { type: "rename"; name: string }
  | { type: "describe"; description: string }
  | { type: "settings"; settings: Partial<DashboardSettings> }
  | { type: "add"; widget: Widget; sectionId: string | null; position?: number }
  | { type: "move"; id: string; sectionId: string; position: number }
  | { type: "change"; id: string; parts: Partial<Omit<Widget, "id">> }
  | { type: "duplicate"; id: string; newId: string }
  | { type: "remove"; id: string }
  | { type: "add-section"; section: Section; position?: number }
  | { type: "move-section"; id: string; position: number }
  | { type: "change-section"; id: string; parts: Partial<Pick<Section, "title" | "columns" | "collapsed">> }
  | { type: "remove-section"; id: string }
  | { type: "replace"; content: Content };

export interface Place {
  section: Section;
  /** Behind so many of the section's widgets. */
  position: number;
  widget: Widget;
}

export function placeOf({ sections }: Pick<DashboardDocument, "sections">, widgetId: string): Place | null {
  for (const section of sections) {
    const position = section.widgets.findIndex(({ id }) => id === widgetId);
    const widget = section.widgets[position];
    if (widget) return { section, position, widget };
  }
  return null;
}

function insertAt<T>(list: readonly T[], position: number, entry: T): T[] {
  const at = Math.min(Math.max(position, 0), list.length);
  return [...list.slice(0, at), entry, ...list.slice(at)];
}

function withSections(content: Content, sections: Section[]): Content {
  return { ...content, document: { ...content.document, sections } };
}

function withWidgets(content: Content, sectionId: string, widgets: (all: Widget[]) => Widget[]): Content {
  return withSections(
    content,
    content.document.sections.map((section) =>
      section.id === sectionId ? { ...section, widgets: widgets(section.widgets) } : section,
    ),
  );
}

function add(content: Content, { widget, sectionId, position }: Change & { type: "add" }): Content {
  const { document } = content;
  if (!hasRoomForWidget(document) || placeOf(document, widget.id)) return content;
  const section = document.sections.find(({ id }) => id === sectionId) ?? document.sections.at(-1);
  // The first widget of an empty dashboard brings a section along.
  if (!section) return withSections(content, [newSection({ widgets: [widget] })]);
  return withWidgets(content, section.id, (all) => insertAt(all, position ?? all.length, widget));
}

function move(content: Content, { id, sectionId, position }: Change & { type: "move" }): Content {
  const place = placeOf(content.document, id);
  if (!place || !content.document.sections.some((section) => section.id === sectionId)) return content;
  const without = withWidgets(content, place.section.id, (all) => all.filter((widget) => widget.id !== id));
  return withWidgets(without, sectionId, (all) => insertAt(all, position, place.widget));
}

/** A section that was removed may come back with widgets that are elsewhere by now, or be back already. */
function addSection(content: Content, { section, position }: Change & { type: "add-section" }): Content {
  const { document } = content;
  const { sections } = document;
  const widgets = section.widgets.filter(({ id }) => !placeOf(document, id));
  const isThere = sections.some(({ id }) => id === section.id);
  if (isThere || !hasRoomForSection(document, widgets.length)) return content;
  return withSections(content, insertAt(sections, position ?? sections.length, { ...section, widgets }));
}

function changeSections(content: Content, change: Change): Content {
  const { sections } = content.document;
  switch (change.type) {
    case "add-section":
      return addSection(content, change);
    case "move-section": {
      const section = sections.find(({ id }) => id === change.id);
      if (!section) return content;
      const others = sections.filter((other) => other !== section);
      return withSections(content, insertAt(others, change.position, section));
    }
    case "change-section":
      return withSections(
        content,
        sections.map((section) => (section.id === change.id ? { ...section, ...change.parts } : section)),
      );
    case "remove-section":
      return withSections(
        content,
        sections.filter(({ id }) => id !== change.id),
      );
    default:
      return content;
  }
}

function changeWidget(content: Content, change: Change): Content {
  if (change.type !== "change" && change.type !== "duplicate" && change.type !== "remove") return content;
  const place = placeOf(content.document, change.id);
  if (!place) return content;
  const { section, position, widget } = place;
  switch (change.type) {
    case "change":
      return withWidgets(content, section.id, (all) =>
        all.map((other) => (other === widget ? { ...widget, ...change.parts } : other)),
      );
    case "duplicate": {
      const copy = { ...structuredClone(widget), id: change.newId };
      return add(content, { type: "add", widget: copy, sectionId: section.id, position: position + 1 });
    }
    case "remove":
      return withWidgets(content, section.id, (all) => all.filter((other) => other !== widget));
  }
}

function apply(content: Content, change: Change): Content {
  const { document } = content;
  switch (change.type) {
    case "rename":
      return { ...content, name: change.name };
    case "describe":
      return { ...content, description: change.description };
    case "settings":
      return {
        ...content,
        document: { ...document, settings: { ...document.settings, ...change.settings } },
      };
    case "add":
      return add(content, change);
    case "move":
      return move(content, change);
    case "change":
    case "duplicate":
    case "remove":
      return changeWidget(content, change);
    case "replace":
      return change.content;
    default:
      return changeSections(content, change);
  }
}

/** What becomes of a dashboard by a change; the very same where the change changes nothing. */
export function edit(content: Content, change: Change): Content {
  const next = apply(content, change);
  return isSame(next, content) ? content : next;
}

/** Whether two say the same; the order of keys, which no server keeps, says nothing. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
