import {
  DndContext,
  DragOverlay,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
  type DragEndEvent,
  type Modifier,
} from "@dnd-kit/core";
import { getEventCoordinates } from "@dnd-kit/utilities";
import { GripVertical } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { useEditing } from "../editor-context";
import { announcements, INSTRUCTIONS } from "./announcements";
import { collisions, keyboardSteps } from "./collisions";
import { focusHandle } from "./focus-handle";
import { dropChange, parseTarget, type Target } from "./targets";

/** What is drawn beside the pointer while something is moved; by keys, it stands at the corner of what it is over. */
const nearPointer: Modifier = ({ activatorEvent, activeNodeRect, transform }) => {
  const pointer = activatorEvent && getEventCoordinates(activatorEvent);
  if (!pointer || !activeNodeRect) return transform;
  return {
    ...transform,
    x: transform.x + pointer.x - activeNodeRect.left + 12,
    y: transform.y + pointer.y - activeNodeRect.top + 12,
  };
};

/**
 * Where widgets and sections are moved, by mouse, by touch and by keys. What is on the page stays where it is meanwhile, and a line says where
 * what is moved will be.
 */
export function DragArea({ children }: { children: ReactNode }) {
  const { store, names, change } = useEditing();
  const [active, setActive] = useState<Target | null>(null);
  const { now, spoken, steps } = useMemo(() => {
    const current = () => store.current().content.document;
    return { now: current, spoken: announcements(current, names), steps: keyboardSteps(current) };
  }, [store, names]);
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 180, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter: steps, scrollBehavior: "auto" }),
  );

  const end = ({ active: moved, over, activatorEvent }: DragEndEvent) => {
    setActive(null);
    const target = parseTarget(moved.id);
    if (!target) return;
    const drop = dropChange(target, over && parseTarget(over.id), now());
    if (drop) change(drop);
    if (activatorEvent instanceof KeyboardEvent) focusHandle(target);
  };

  return (
    <DndContext
      sensors={sensors}
      collisionDetection={collisions}
      accessibility={{
        announcements: spoken,
        screenReaderInstructions: { draggable: INSTRUCTIONS },
        restoreFocus: false,
      }}
      onDragStart={({ active: taken }) => setActive(parseTarget(taken.id))}
      onDragEnd={end}
      onDragCancel={(event) => {
        setActive(null);
        const target = parseTarget(event.active.id);
        if (target && event.activatorEvent instanceof KeyboardEvent) focusHandle(target);
      }}
    >
      {children}
      <DragOverlay dropAnimation={null} modifiers={[nearPointer]}>
        {active && (
          <div className="inline-flex h-9 max-w-64 cursor-grabbing items-center gap-1.5 rounded-md border bg-popover px-2.5 font-medium shadow-(--shadow-float)">
            <GripVertical aria-hidden className="size-4 shrink-0 text-muted-foreground" />
            <span className="truncate">
              {active.kind === "section" ? names.section(active.id) : names.widget(active.id)}
            </span>
          </div>
        )}
      </DragOverlay>
    </DndContext>
  );
}
