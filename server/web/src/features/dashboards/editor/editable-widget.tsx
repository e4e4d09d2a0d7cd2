import { Ellipsis, GripVertical, Pencil } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { cn } from "@/lib/cn";
import { useDrag } from "./drag/use-drag";
import { useEditing } from "./editor-context";
import { WidgetMenuItems } from "./widget-menu-items";

const tool = "size-7 rounded-[5px]";

/** A widget with its handle: to be moved, changed, doubled and taken away. */
export function EditableWidget({ id, children }: { id: string; children: ReactNode }) {
  const { document, names, selected, select } = useEditing();
  const { setNode, handle, isDragging, side } = useDrag({ kind: "widget", id }, document);
  const name = names.widget(id);
  return (
    <div ref={setNode} className="relative h-full">
      <div
        role="group"
        aria-label={`Tools of ${name}`}
        className="absolute -top-4 left-1/2 z-10 flex -translate-x-1/2 rounded-md border bg-popover"
      >
        <Button
          variant="ghost"
          size="icon-sm"
          className={cn(tool, "cursor-grab touch-none active:cursor-grabbing")}
          aria-label={`Move ${name}`}
          {...handle}
        >
          <GripVertical aria-hidden />
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          className={tool}
          aria-label={`Change ${name}`}
          aria-expanded={selected === id}
          data-change={id}
          onClick={() => select(selected === id ? null : id)}
        >
          <Pencil aria-hidden />
        </Button>
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button variant="ghost" size="icon-sm" className={tool} aria-label={`More for ${name}`}>
              <Ellipsis aria-hidden />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="center">
            <WidgetMenuItems id={id} />
          </DropdownMenuContent>
        </DropdownMenu>
      </div>
      <div
        className={cn(
          "h-full rounded-lg",
          isDragging && "opacity-40",
          selected === id && "ring-2 ring-accent ring-offset-2 ring-offset-background",
        )}
      >
        {children}
      </div>
      {side && <DropLine side={side} />}
    </div>
  );
}

/** Where what is moved will stand. */
function DropLine({ side }: { side: "before" | "after" }) {
  return (
    <div
      aria-hidden
      data-drop={side}
      className={cn(
        "absolute inset-y-0 w-1 rounded-full bg-accent",
        side === "before" ? "-left-2.5" : "-right-2.5",
      )}
    />
  );
}
