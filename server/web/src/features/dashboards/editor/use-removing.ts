import { useCallback } from "react";
import { useToast } from "@/components/ui/use-toast";
import type { Names } from "./drag/announcements";
import type { Editing } from "./editor-context";
import type { EditorStore } from "./store";

/** Takes away a widget or a section at once, and brings it back for whoever says so. */
export function useRemoving(store: EditorStore, names: Names, goOn: () => void): Editing["remove"] {
  const toast = useToast();
  return useCallback(
    ({ kind, id }) => {
      const name = kind === "widget" ? names.widget(id) : names.section(id);
      const { content: before } = store.current();
      store.change(kind === "widget" ? { type: "remove", id } : { type: "remove-section", id });
      const { content: after } = store.current();
      requestAnimationFrame(goOn);
      const bringBack = () => {
        if (store.current().content === after) store.undo();
        else store.change({ type: "replace", content: before });
      };
      toast.show({ title: `${name} is removed`, action: { title: "Undo", run: bringBack } });
    },
    [store, names, goOn, toast],
  );
}
