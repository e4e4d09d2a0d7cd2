import { MutationObserver, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useCommands, type Command } from "@/components/command/commands";
import { ErrorBoundary } from "@/components/error-boundary";
import { useToast } from "@/components/ui/use-toast";
import type { DashboardMark } from "@/components/dashboard/marks";
import type { Store } from "@/lib/api/types";
import type { Dashboard, DashboardChange, DashboardView } from "@/lib/dashboards/document";
import { loadDashboard } from "@/lib/dashboards/queries";
import { useRegistry } from "@/lib/metrics/registry";
import type { LeaveGuard } from "../guard";
import { keepDashboard, saveDashboard } from "../queries";
import { Canvas } from "./canvas";
import { ConflictDialog } from "./conflict-dialog";
import { DragArea } from "./drag/drag-area";
import { EditingContext, useEditorState, type Editing } from "./editor-context";
import { EditorBar } from "./editor-bar";
import { namesOf } from "./names";
import { SettingsDialog } from "./settings-dialog";
import { EditorStore } from "./store";
import { useRemoving } from "./use-removing";

const Picker = lazy(() => import("./picker/picker"));
const Panel = lazy(() => import("./panel/panel"));

export interface EditorProps {
  dashboard: Dashboard;
  stores: readonly Store[];
  view: DashboardView;
  namedCurrency: string | null;
  marks: DashboardMark[];
  timezone: string;
  onConnect?: (source: string) => void;
  /** The widget whose panel is open. */
  selected: string | null;
  onSelect: (widgetId: string | null) => void;
  onOpen: (id: string, edit?: boolean) => void;
  onClose: () => void;
  Guard: LeaveGuard;
}

/** Saves as every other change is sent, so that whoever is no more signed in is told so. */
function saveBy(queries: QueryClient, id: string) {
  return (change: DashboardChange, ifMatch: string) =>
    new MutationObserver(queries, { mutationFn: () => saveDashboard(id, change, ifMatch) }).mutate();
}

/** A dashboard that is changed. What is changed is seen at once, and saved by itself. */
export default function Editor(props: EditorProps) {
  const { dashboard, stores, view, selected, onSelect, onOpen, onClose, Guard } = props;
  const queries = useQueryClient();
  const registry = useRegistry();
  const toast = useToast();
  const [store] = useState(() => {
    const server = { save: saveBy(queries, dashboard.id), load: () => loadDashboard(dashboard.id) };
    return new EditorStore(server, dashboard, (saved) => keepDashboard(queries, saved));
  });
  const [picking, setPicking] = useState<{ sectionId: string | null } | null>(null);
  const [settings, setSettings] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const { document } = useEditorState(store).content;

  useEffect(() => store.saving.attach(), [store]);
  useEffect(() => frame.current?.focus(), []);
  useEffect(() => {
    if (!store.follow(dashboard)) return;
    toast.show({ title: `${dashboard.updated_by?.name ?? "Somebody"} has just changed this dashboard` });
  }, [store, dashboard, toast]);

  const commands = useMemo<Command[]>(() => {
    const group = "Changing the dashboard";
    return [
      { id: "undo", title: "Undo", group, keys: "mod+z", run: () => store.undo() },
      { id: "redo", title: "Redo", group, keys: "mod+shift+z", run: () => store.redo() },
      { id: "redo-too", title: "Redo", group, keys: "mod+y", unlisted: true, run: () => store.redo() },
      {
        id: "add-widget",
        title: "Add a widget",
        group,
        keys: "a",
        run: () => setPicking({ sectionId: null }),
      },
      { id: "done", title: "Done with changing", group, keys: "e", run: onClose },
    ];
  }, [store, onClose]);
  useCommands(commands);

  const names = useMemo(() => namesOf(document, registry), [document, registry]);
  const change = useCallback<Editing["change"]>((made, mark) => store.change(made, mark), [store]);
  const goToFrame = useCallback(() => frame.current?.focus(), []);
  const remove = useRemoving(store, names, goToFrame);
  const editing = useMemo<Editing>(
    () => ({
      store,
      document,
      view,
      stores,
      names,
      change,
      selected,
      select: onSelect,
      pick: (sectionId) => setPicking({ sectionId }),
      remove,
    }),
    [store, document, view, stores, names, change, selected, onSelect, remove],
  );

  return (
    <EditingContext value={editing}>
      <div
        ref={frame}
        tabIndex={-1}
        aria-label="Editor"
        role="group"
        className="flex flex-col gap-6 outline-none max-lg:has-[[data-editor-panel]]:pb-[58dvh]"
      >
        <EditorBar onSettings={() => setSettings(true)} onClose={onClose} />
        <div className="flex flex-col gap-4 lg:flex-row lg:items-start">
          <div className="min-w-0 flex-1">
            <DragArea>
              <Canvas {...props} />
            </DragArea>
          </div>
          {selected !== null && (
            <ErrorBoundary
              title="The panel could not be shown"
              resetKey={selected}
              className="rounded-lg border bg-card p-4 lg:w-84 lg:shrink-0"
            >
              <Suspense fallback={null}>
                <Panel key={selected} widgetId={selected} />
              </Suspense>
            </ErrorBoundary>
          )}
        </div>
      </div>
      {picking && (
        <Suspense fallback={null}>
          <Picker {...props} sectionId={picking.sectionId} onClose={() => setPicking(null)} />
        </Suspense>
      )}
      {settings && <SettingsDialog currency={props.namedCurrency} onClose={() => setSettings(false)} />}
      <ConflictDialog store={store} onCopy={(copy) => onOpen(copy.id, true)} />
      <Guard isUnsaved={() => store.saving.isUnsaved} settle={() => store.saving.flush()} />
    </EditingContext>
  );
}
