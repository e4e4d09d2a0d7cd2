import { Plus, Search } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useActiveOption } from "@/components/command/use-active-option";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import type { DashboardMark } from "@/components/dashboard/marks";
import type { Registry } from "@/lib/api/types";
import type { DashboardView, Widget, WidgetKind } from "@/lib/dashboards/document";
import { kindsFor, metricWidget, otherWidget } from "@/lib/dashboards/new-widget";
import { useRegistry } from "@/lib/metrics/registry";
import { useEditing } from "../editor-context";
import { entriesOf, findEntries, type Entry } from "./catalogue";
import { EntryList } from "./entry-list";
import { KindChoice } from "./kind-choice";
import { Preview } from "./preview";
import { useSettled } from "./use-settled";

interface PickerProps {
  view: DashboardView;
  marks: DashboardMark[];
  timezone: string;
  /** Where it is put; the last section for null. */
  sectionId: string | null;
  onClose: () => void;
}

/** Everything that can be put on a dashboard, found by its name or by where it comes from, and seen before it is put there. */
export default function Picker(props: PickerProps) {
  const { onClose } = props;
  const registry = useRegistry();
  const added = useRef<string | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent
        className="max-w-4xl"
        returnTo={() =>
          added.current === null
            ? null
            : document.querySelector<HTMLElement>(`[data-handle="widget:${added.current}"]`)
        }
      >
        <div className="flex min-h-0 flex-col gap-3 overflow-y-auto p-5">
          <DialogTitle className="pr-10">Add a widget</DialogTitle>
          <DialogDescription className="sr-only">
            Search for a figure, choose how it is shown, and add it.
          </DialogDescription>
          {registry ? (
            <Choice {...props} registry={registry} onAdded={(id) => (added.current = id)} />
          ) : (
            <Skeleton className="h-80 w-full" />
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}

/** Of these one goes on with the panel: they say little before somebody has filled them in. */
const UNFINISHED: readonly WidgetKind[] = ["text", "goal", "funnel"];

function kindsOf(entry: Entry | undefined, registry: Registry): WidgetKind[] {
  if (!entry) return [];
  return entry.metric ? kindsFor(entry.metric, registry) : entry.kind ? [entry.kind] : [];
}

function widgetOf(entry: Entry | undefined, kind: WidgetKind | undefined, registry: Registry): Widget | null {
  if (!entry || !kind) return null;
  return entry.metric ? metricWidget(kind, entry.metric, registry) : otherWidget(kind, registry);
}

function Choice(props: PickerProps & { registry: Registry; onAdded: (id: string) => void }) {
  const { view, marks, timezone, sectionId, registry, onAdded, onClose } = props;
  const { change, select, names, document } = useEditing();
  const [text, setText] = useState("");
  const [source, setSource] = useState<string | null>(null);
  const [liked, setLiked] = useState<WidgetKind>("kpi");
  const entries = useMemo(() => entriesOf(registry), [registry]);
  const found = useMemo(() => findEntries(entries, text, source), [entries, text, source]);
  // In the order in which they are listed, which is by group.
  const listed = useMemo(
    () =>
      [...new Set(found.map(({ group }) => group))].flatMap((group) =>
        found.filter((entry) => entry.group === group),
      ),
    [found],
  );

  const kindFor = (entry: Entry | undefined) => {
    const kinds = kindsOf(entry, registry);
    return kinds.find((kind) => kind === liked) ?? kinds[0];
  };
  const add = (entry: Entry | undefined) => {
    const widget = widgetOf(entry, kindFor(entry), registry);
    if (!widget) return;
    change({ type: "add", widget, sectionId });
    onAdded(widget.id);
    onClose();
    if (UNFINISHED.includes(widget.kind)) select(widget.id);
  };
  const { active, setActive, field, list, optionId } = useActiveOption(listed.length, (index) =>
    add(listed[index]),
  );
  const entry = listed[active];
  const kind = kindFor(entry);
  const shown = useSettled(entry);
  const shownKind = kindFor(shown);
  const widget = useMemo(() => widgetOf(shown, shownKind, registry), [shown, shownKind, registry]);
  const target = sectionId ?? document.sections.at(-1)?.id;

  return (
    <div className="flex min-h-0 flex-col gap-4 lg:flex-row">
      <div className="flex min-h-0 flex-col gap-2 lg:w-72 lg:shrink-0">
        <div className="relative">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted-foreground"
          />
          <Input
            aria-label="Search"
            placeholder="Revenue, sessions, a text…"
            autoComplete="off"
            spellCheck={false}
            className="pl-9"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setActive(0);
            }}
            {...field}
          />
        </div>
        <Select
          aria-label="Source"
          value={source ?? ""}
          onChange={(event) => {
            setSource(event.target.value || null);
            setActive(0);
          }}
        >
          <option value="">All sources</option>
          {registry.sources.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </Select>
        <EntryList
          entries={listed}
          active={active}
          list={list}
          optionId={optionId}
          onActive={setActive}
          onAdd={add}
        />
      </div>
      <div className="flex min-w-0 flex-1 flex-col gap-3">
        {entry && kind ? (
          <>
            <div>
              <h3 className="font-medium">{entry.title}</h3>
              <p className="text-sm text-muted-foreground">{entry.description}</p>
            </div>
            {entry.metric && <KindChoice kinds={kindsOf(entry, registry)} value={kind} onValue={setLiked} />}
            {widget && <Preview widget={widget} view={view} marks={marks} timezone={timezone} />}
            <Button variant="primary" className="mt-auto self-start" onClick={() => add(entry)}>
              <Plus aria-hidden /> Add to {target === undefined ? "the dashboard" : names.section(target)}
            </Button>
          </>
        ) : (
          <p role="status" className="py-10 text-center text-muted-foreground">
            Nothing is called “{text.trim()}”.
          </p>
        )}
      </div>
    </div>
  );
}
