import type { Dashboard } from "@/lib/dashboards/document";
import { Autosave, type AutosaveServer, type SaveState } from "./autosave";
import { advance, begin, redo, undo, type History } from "./history";
import { edit, isSame, type Change, type Content } from "./state";

export interface EditorState {
  content: Content;
  canUndo: boolean;
  canRedo: boolean;
}

function contentOf({ name, description, document }: Dashboard): Content {
  return { name, description, document };
}

/** What is edited, every step of it, and how far it is kept. */
export class EditorStore {
  readonly saving: Autosave;
  private readonly listeners = new Set<() => void>();
  private history: History<Content>;
  private shown: EditorState;
  private visibility: Dashboard["visibility"];

  constructor(
    server: AutosaveServer,
    start: Dashboard,
    onSaved: (dashboard: Dashboard) => void = () => undefined,
    options: { delay?: number; retryDelay?: () => number } = {},
  ) {
    this.history = begin(contentOf(start));
    this.visibility = start.visibility;
    this.shown = this.read();
    this.saving = new Autosave(server, start, {
      ...options,
      onSaved: (dashboard) => {
        this.visibility = dashboard.visibility;
        onSaved(dashboard);
      },
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): EditorState => this.shown;

  saveState = (): SaveState => this.saving.current();

  /** Changes something; `mark` names what is changed by many small changes, such as a text that is typed, which are one step. */
  change(change: Change, mark?: string): void {
    const { present } = this.history;
    const next = edit(present, change);
    this.go(advance(this.history, next, mark === undefined ? null : { key: mark, at: performance.now() }));
  }

  undo(): void {
    this.go(undo(this.history));
  }

  redo(): void {
    this.go(redo(this.history));
  }

  /**
   * Goes on from what somebody else has saved, where nothing of one's own would be lost by it; tells whether it did. What can be undone
   * was of another dashboard then, and is forgotten.
   */
  follow(dashboard: Dashboard): boolean {
    if (this.saving.isUnsaved || dashboard.revision <= this.saving.revision) return false;
    this.visibility = dashboard.visibility;
    this.saving.adopt(dashboard);
    if (isSame(contentOf(dashboard), this.history.present)) return false;
    this.show(begin(contentOf(dashboard)));
    return true;
  }

  /** Puts one's own over what somebody else has saved, but for who sees it, which is no part of it. */
  async keepMine(): Promise<void> {
    const state = this.saving.current();
    if (state.phase !== "conflict") return;
    this.visibility = state.theirs.visibility;
    await this.saving.keepMine();
  }

  /** Takes what somebody else has saved in the place of one's own, which can be brought back by undoing. */
  takeTheirs(theirs: Dashboard): void {
    this.visibility = theirs.visibility;
    this.saving.adopt(theirs);
    this.show(advance(this.history, contentOf(theirs)));
  }

  private go(history: History<Content>): void {
    if (history === this.history) return;
    this.show(history);
    this.saving.change({ ...history.present, visibility: this.visibility });
  }

  private show(history: History<Content>): void {
    this.history = history;
    this.shown = this.read();
    for (const listener of this.listeners) listener();
  }

  private read(): EditorState {
    const { past, present, future } = this.history;
    return { content: present, canUndo: past.length > 0, canRedo: future.length > 0 };
  }
}
