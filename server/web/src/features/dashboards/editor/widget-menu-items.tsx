import { ArrowDown, ArrowUp, Copy, CornerDownRight, Trash2 } from "lucide-react";
import {
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
} from "@/components/ui/dropdown-menu";
import type { WidgetSize } from "@/lib/dashboards/document";
import { hasRoomForWidget } from "@/lib/dashboards/limits";
import { newId, SIZE_TITLES, SIZES } from "@/lib/dashboards/new-widget";
import { focusHandle } from "./drag/focus-handle";
import { useEditing } from "./editor-context";
import { placeOf } from "./state";

const grey = "text-muted-foreground";

/** What is done with a widget without dragging it. */
export function WidgetMenuItems({ id }: { id: string }) {
  const { document, names, change, remove } = useEditing();
  const place = placeOf(document, id);
  if (!place) return null;
  const { section, position, widget } = place;
  const { sections } = document;
  const at = sections.indexOf(section);
  const move = (sectionId: string, to: number) => {
    change({ type: "move", id, sectionId, position: to });
    focusHandle({ kind: "widget", id });
  };
  const before = position > 0 ? null : sections[at - 1];
  const after = position < section.widgets.length - 1 ? null : sections[at + 1];
  return (
    <>
      <DropdownMenuItem
        disabled={position === 0 && !before}
        onSelect={() => (before ? move(before.id, before.widgets.length) : move(section.id, position - 1))}
      >
        <ArrowUp aria-hidden className={grey} /> Move forward
      </DropdownMenuItem>
      <DropdownMenuItem
        disabled={position === section.widgets.length - 1 && !after}
        onSelect={() => (after ? move(after.id, 0) : move(section.id, position + 1))}
      >
        <ArrowDown aria-hidden className={grey} /> Move back
      </DropdownMenuItem>
      {sections
        .filter((other) => other !== section)
        .map((other) => (
          <DropdownMenuItem key={other.id} onSelect={() => move(other.id, other.widgets.length)}>
            <CornerDownRight aria-hidden className={grey} /> Move to {names.section(other.id)}
          </DropdownMenuItem>
        ))}
      <DropdownMenuSeparator />
      <DropdownMenuLabel>Size</DropdownMenuLabel>
      <DropdownMenuRadioGroup
        value={widget.size}
        onValueChange={(size) => change({ type: "change", id, parts: { size: size as WidgetSize } })}
      >
        {SIZES.map((size) => (
          <DropdownMenuRadioItem key={size} value={size}>
            {SIZE_TITLES[size]}
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
      <DropdownMenuSeparator />
      <DropdownMenuItem
        disabled={!hasRoomForWidget(document)}
        onSelect={() => change({ type: "duplicate", id, newId: newId() })}
      >
        <Copy aria-hidden className={grey} /> Duplicate
      </DropdownMenuItem>
      <DropdownMenuItem onSelect={() => remove({ kind: "widget", id })}>
        <Trash2 aria-hidden className={grey} /> Remove
      </DropdownMenuItem>
    </>
  );
}
