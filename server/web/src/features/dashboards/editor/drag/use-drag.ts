import { useDndContext, useDraggable, useDroppable } from "@dnd-kit/core";
import type { DashboardDocument } from "@/lib/dashboards/document";
import { parseTarget, sideOf, targetId, type Target } from "./targets";

/** Makes something a thing that is taken up by its handle, and a place where others are let go. */
export function useDrag(target: Target, document: DashboardDocument) {
  const id = targetId(target);
  const {
    setNodeRef: setDragged,
    setActivatorNodeRef,
    attributes,
    listeners,
    isDragging,
  } = useDraggable({ id });
  const side = useSide(target, document);
  const { setNodeRef: setPlace } = useDroppable({ id });
  return {
    setNode: (node: HTMLElement | null) => {
      setDragged(node);
      setPlace(node);
    },
    /** What the handle is given. */
    handle: {
      ref: setActivatorNodeRef,
      ...listeners,
      "data-handle": id,
      "aria-describedby": attributes["aria-describedby"],
      "aria-roledescription": "draggable",
    },
    isDragging,
    /** On which side of it what is moved will stand, while it is over it. */
    side,
  };
}

/** The place behind all widgets of a section. */
export function useEnd(sectionId: string, document: DashboardDocument) {
  const target: Target = { kind: "end", id: sectionId };
  const { setNodeRef } = useDroppable({ id: targetId(target) });
  return { setNode: setNodeRef, isOver: useSide(target, document) !== null };
}

function useSide(target: Target, document: DashboardDocument): "before" | "after" | null {
  const { active, over } = useDndContext();
  const moved = active && parseTarget(active.id);
  return moved && over?.id === targetId(target) ? sideOf(moved, target, document) : null;
}
