import { X } from "lucide-react";
import { useCallback, useEffect, useEffectEvent, useMemo, useRef } from "react";
import { useCommands, type Command } from "@/components/command/commands";
import { Button } from "@/components/ui/button";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { KIND_TITLES } from "@/lib/dashboards/titles";
import { useRegistry } from "@/lib/metrics/registry";
import { useEditing } from "../editor-context";
import { placeOf } from "../state";
import { DisplayTab } from "./display-tab";
import { FiltersTab } from "./filters-tab";
import { QuestionTab } from "./question-tab";

/** All that there is to say about one widget, beside the widget, which changes at once. */
export default function Panel({ widgetId }: { widgetId: string }) {
  const { document: edited, names, select } = useEditing();
  const registry = useRegistry();
  const title = useRef<HTMLHeadingElement>(null);
  const place = placeOf(edited, widgetId);
  const widget = place?.widget;

  // The widget is named in the address, and may be gone by now.
  const isGone = place === null;
  const isShown = !isGone && registry !== undefined;
  const leave = useEffectEvent(() => select(null));
  useEffect(() => {
    if (isGone) leave();
  }, [isGone]);
  // Once for a widget: whoever types in a field stays there, whatever is drawn anew.
  useEffect(() => {
    if (isShown) title.current?.focus();
  }, [widgetId, isShown]);

  const close = useCallback(() => {
    const button = document.querySelector<HTMLElement>(`[data-change="${widgetId}"]`);
    select(null);
    button?.focus();
  }, [widgetId, select]);
  const commands = useMemo<Command[]>(
    () => [
      {
        id: "close-panel",
        title: "Close the panel",
        group: "Changing the dashboard",
        keys: "Escape",
        run: close,
      },
    ],
    [close],
  );
  useCommands(commands);

  if (!widget || !registry) return null;
  return (
    <aside
      data-editor-panel
      aria-label="Widget"
      className="fixed inset-x-0 bottom-0 z-30 flex max-h-[58dvh] flex-col gap-3 overflow-y-auto rounded-t-xl border bg-card p-4 shadow-(--shadow-float) lg:sticky lg:top-32 lg:bottom-auto lg:max-h-[calc(100dvh-9rem)] lg:w-84 lg:shrink-0 lg:rounded-lg lg:shadow-none"
    >
      <div className="flex items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 ref={title} tabIndex={-1} className="truncate font-medium outline-none">
            {names.widget(widgetId)}
          </h2>
          <p className="text-sm text-muted-foreground">{KIND_TITLES[widget.kind]}</p>
        </div>
        <Button variant="ghost" size="icon-sm" aria-label="Close the panel" onClick={close}>
          <X aria-hidden />
        </Button>
      </div>
      <Tabs defaultValue={widget.kind === "goal" ? "display" : "question"} className="flex flex-col gap-4">
        <TabsList aria-label="What to change">
          <TabsTrigger value="question">{widget.kind === "text" ? "Text" : "Data"}</TabsTrigger>
          {widget.query && <TabsTrigger value="filters">Filters</TabsTrigger>}
          <TabsTrigger value="display">Display</TabsTrigger>
        </TabsList>
        <TabsContent value="question">
          <QuestionTab widget={widget} registry={registry} />
        </TabsContent>
        {widget.query && (
          <TabsContent value="filters">
            <FiltersTab widget={widget} query={widget.query} registry={registry} />
          </TabsContent>
        )}
        <TabsContent value="display">
          <DisplayTab widget={widget} registry={registry} />
        </TabsContent>
      </Tabs>
    </aside>
  );
}
