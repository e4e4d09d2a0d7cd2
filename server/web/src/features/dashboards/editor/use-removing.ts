import { useCallback } from "react";
import { useToast } from "@/components/ui/use-toast";
import type { Names } from "./drag/announcements";
import type { Editing } from "./editor-context";
import { placeOf, type Change, type Content } from "./state";
import type { EditorStore } from "./store";

type Target = Parameters<Editing["remove"]>[0];

/** What puts a widget or a section back to where it was, whatever else has become of the rest; null where it was not there. */
function bringingBack({ document }: Content, { kind, id }: Target): Change | null {
  if (kind === "widget") {
    const place = placeOf(document, id);
    if (!place) return null;
    const { widget, section, position } = place;
    return { type: "add", widget, sectionId: section.id, position };
  }
  const position = document.sections.findIndex((section) => section.id === id);
  const section = document.sections[position];
  return section ? { type: "add-section", section, position } : null;
}

/** Takes away a widget or a section at once, and brings it back for whoever says so. */
export function useRemoving(store: EditorStore, names: Names, goOn: () => void): Editing["remove"] {
  const toast = useToast();
  return useCallback(
    (target) => {
      const { kind, id } = target;
      const name = kind === "widget" ? names.widget(id) : names.section(id);
      const back = bringingBack(store.current().content, target);
      store.change(kind === "widget" ? { type: "remove", id } : { type: "remove-section", id });
      const { content: after } = store.current();
      requestAnimationFrame(goOn);
      const bringBack = () => {
        // With nothing done since, the removal is no step any more; what was done since stays.
        if (store.current().content === after) store.undo();
        else if (back) store.change(back);
      };
      toast.show({ title: `${name} is removed`, action: { title: "Undo", run: bringBack } });
    },
    [store, names, goOn, toast],
  );
}
