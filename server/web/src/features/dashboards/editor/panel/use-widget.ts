import type { Widget, WidgetDisplay, WidgetOwn, WidgetQuestion } from "@/lib/dashboards/document";
import { useEditing } from "../editor-context";

type Parts = Partial<Omit<Widget, "id">>;

/** Changes to one widget. `mark` names a field that is typed in: what is typed there without a pause is one step. */
export interface WidgetChange {
  parts: (parts: Parts, mark?: string) => void;
  query: (query: WidgetQuestion, mark?: string) => void;
  own: (own: Partial<WidgetOwn>, mark?: string) => void;
  /** What is set to undefined is taken out. */
  display: (display: WidgetDisplay, mark?: string) => void;
}

export function useWidgetChange(widget: Widget): WidgetChange {
  const { change } = useEditing();
  const parts = (some: Parts, mark?: string) =>
    change(
      { type: "change", id: widget.id, parts: some },
      mark === undefined ? undefined : `${widget.id}:${mark}`,
    );
  return {
    parts,
    query: (query, mark) => parts({ query }, mark),
    own: (own, mark) => parts({ own: { ...widget.own, ...own } }, mark),
    display: (display, mark) => {
      const all: [string, unknown][] = Object.entries({ ...widget.display, ...display });
      parts({ display: Object.fromEntries(all.filter(([, value]) => value !== undefined)) }, mark);
    },
  };
}
