import { Plus, Redo2, Rows3, Settings2, Undo2 } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { hasRoomForSection, hasRoomForWidget, LIMITS } from "@/lib/dashboards/limits";
import { newSection } from "@/lib/dashboards/new-widget";
import { ariaKeys } from "@/lib/keys";
import { useEditing, useEditorState } from "./editor-context";
import { SaveNote } from "./save-note";
import { useKeptText } from "./use-kept-text";

interface EditorBarProps {
  onSettings: () => void;
  onClose: () => void;
}

/** What is done while a dashboard is changed: it stays in sight. */
export function EditorBar({ onSettings, onClose }: EditorBarProps) {
  const { store, change, pick } = useEditing();
  const { content, canUndo, canRedo } = useEditorState(store);
  const { document } = content;
  // A dashboard has a name.
  const name = useKeptText(content.name, (text) => change({ type: "rename", name: text }, "name"), true);
  const addSection = () => change({ type: "add-section", section: newSection() });
  return (
    <div
      data-editor-bar
      role="group"
      aria-label="Changing the dashboard"
      className="z-20 -mx-3 flex flex-wrap items-center gap-2 border-y bg-card px-3 py-2 sm:mx-0 sm:rounded-lg sm:border-x md:sticky md:top-14"
    >
      <Input
        aria-label="Name of the dashboard"
        maxLength={LIMITS.name}
        autoComplete="off"
        className="w-auto flex-1 basis-44 font-medium sm:max-w-72"
        {...name}
      />
      <SaveNote store={store} />
      <div className="ml-auto flex flex-wrap items-center gap-1.5">
        <Button
          variant="ghost"
          size="icon"
          aria-label="Undo"
          aria-keyshortcuts={ariaKeys("mod+z")}
          disabled={!canUndo}
          onClick={() => store.undo()}
        >
          <Undo2 aria-hidden />
        </Button>
        <Button
          variant="ghost"
          size="icon"
          aria-label="Redo"
          aria-keyshortcuts={ariaKeys("mod+shift+z")}
          disabled={!canRedo}
          onClick={() => store.redo()}
        >
          <Redo2 aria-hidden />
        </Button>
        <Button variant="ghost" size="icon" aria-label="Settings of the dashboard" onClick={onSettings}>
          <Settings2 aria-hidden />
        </Button>
        <Button disabled={!hasRoomForSection(document)} onClick={addSection}>
          <Rows3 aria-hidden /> Section
        </Button>
        <Button disabled={!hasRoomForWidget(document)} onClick={() => pick(null)}>
          <Plus aria-hidden /> Widget
        </Button>
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}
