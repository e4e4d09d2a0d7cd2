import { createContext, use, useSyncExternalStore } from "react";
import type { Store } from "@/lib/api/types";
import type { DashboardDocument, DashboardView } from "@/lib/dashboards/document";
import type { Names } from "./drag/announcements";
import type { SaveState } from "./autosave";
import type { Change } from "./state";
import type { EditorState, EditorStore } from "./store";

export interface Editing {
  store: EditorStore;
  /** What is edited, as it is now. */
  document: DashboardDocument;
  /** How it is looked at meanwhile. */
  view: DashboardView;
  /** The stores of its workspace. */
  stores: readonly Store[];
  names: Names;
  change: (change: Change, mark?: string) => void;
  /** The widget whose panel is open. */
  selected: string | null;
  select: (widgetId: string | null) => void;
  /** Opens the picker for a section; the last one for null. */
  pick: (sectionId: string | null) => void;
  /** Takes away a widget or a section, and offers to bring it back. */
  remove: (target: { kind: "widget" | "section"; id: string }) => void;
}

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  const editing = use(EditingContext);
  if (!editing) throw new Error("useEditing needs an Editor above it");
  return editing;
}

export function useEditorState(store: EditorStore): EditorState {
  return useSyncExternalStore(store.subscribe, store.current);
}

export function useSaveState(store: EditorStore): SaveState {
  return useSyncExternalStore(store.saving.subscribe, store.saving.current);
}
