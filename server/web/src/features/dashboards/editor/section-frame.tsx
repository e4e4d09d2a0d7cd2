import { GripVertical, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Segmented } from "@/components/ui/segmented";
import { cn } from "@/lib/cn";
import type { Section } from "@/lib/dashboards/document";
import { hasRoomForWidget, LIMITS } from "@/lib/dashboards/limits";
import { useDrag, useEnd } from "./drag/use-drag";
import { useEditing } from "./editor-context";
import { SectionMenu } from "./section-menu";
import { useKeptText } from "./use-kept-text";

const COLUMNS = [
  { value: "1", title: "1", label: "One column" },
  { value: "2", title: "2", label: "Two columns" },
  { value: "3", title: "3", label: "Three columns" },
] as const;

/** A section with its handle, its title and its columns, and a place for one more widget. */
export function SectionFrame({ id, children }: { id: string; children: ReactNode }) {
  const { document, names, change } = useEditing();
  const { setNode, handle, isDragging, side } = useDrag({ kind: "section", id }, document);
  const section = document.sections.find((one) => one.id === id);
  if (!section) return null;
  const name = names.section(id);
  return (
    <div ref={setNode} role="group" aria-label={name} className="relative">
      {side && (
        <div
          aria-hidden
          data-drop={side}
          className={cn(
            "absolute inset-x-0 h-1 rounded-full bg-accent",
            side === "before" ? "-top-4" : "-bottom-4",
          )}
        />
      )}
      <div
        className={cn(
          "flex flex-col gap-6 rounded-xl border border-dashed border-input p-3 sm:p-4",
          isDragging && "opacity-40",
        )}
      >
        <div className="flex flex-wrap items-center gap-2">
          <Button
            variant="ghost"
            size="icon-sm"
            className="cursor-grab touch-none active:cursor-grabbing"
            aria-label={`Move ${name}`}
            {...handle}
          >
            <GripVertical aria-hidden />
          </Button>
          <TitleField section={section} />
          <Segmented
            label={`Columns of ${name}`}
            value={String(section.columns) as "1" | "2" | "3"}
            onChange={(columns) =>
              change({
                type: "change-section",
                id,
                parts: { columns: Number(columns) as Section["columns"] },
              })
            }
            options={COLUMNS}
          />
          <SectionMenu section={section} />
        </div>
        {section.widgets.length > 0 && children}
        <SectionEnd section={section} />
      </div>
    </div>
  );
}

function TitleField({ section }: { section: Section }) {
  const { change } = useEditing();
  const field = useKeptText(section.title ?? "", (text) =>
    change({ type: "change-section", id: section.id, parts: { title: text || null } }, `${section.id}:title`),
  );
  return (
    <Input
      aria-label="Title of the section"
      placeholder="No title"
      maxLength={LIMITS.name}
      autoComplete="off"
      className="h-8 w-auto flex-1 basis-40 border-transparent bg-transparent px-2 font-medium hover:border-input focus:border-input sm:max-w-80"
      {...field}
    />
  );
}

/** Behind the last widget: to add one, or to let one go. */
function SectionEnd({ section }: { section: Section }) {
  const { document, names, pick } = useEditing();
  const { setNode, isOver } = useEnd(section.id, document);
  const isEmpty = section.widgets.length === 0;
  return (
    <div ref={setNode} className={cn("rounded-lg", isOver && "bg-accent-soft ring-2 ring-accent")}>
      <Button
        variant="ghost"
        disabled={!hasRoomForWidget(document)}
        className={cn("w-full", isEmpty && "h-24 border border-dashed")}
        aria-label={`Add a widget to ${names.section(section.id)}`}
        onClick={() => pick(section.id)}
      >
        <Plus aria-hidden /> Add a widget
      </Button>
    </div>
  );
}
