import type { DashboardDocument } from "./document";

/** What the server takes of a dashboard. It counts again. */
export const LIMITS = {
  sections: 12,
  widgets: 40,
  filters: 20,
  name: 200,
  description: 2000,
  text: 20_000,
  /** Of the part of an address that a saved view keeps. */
  search: 4000,
} as const;

export function countWidgets(document: DashboardDocument): number {
  return document.sections.reduce((count, section) => count + section.widgets.length, 0);
}

export function hasRoomForWidget(document: DashboardDocument): boolean {
  return countWidgets(document) < LIMITS.widgets;
}

/** Whether there is room for one more section with so many widgets. */
export function hasRoomForSection(document: DashboardDocument, widgets = 0): boolean {
  return document.sections.length < LIMITS.sections && countWidgets(document) + widgets <= LIMITS.widgets;
}
