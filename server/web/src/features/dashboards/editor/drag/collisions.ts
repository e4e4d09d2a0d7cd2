import {
  closestCenter,
  pointerWithin,
  type Collision,
  type CollisionDetection,
  type KeyboardCoordinateGetter,
} from "@dnd-kit/core";
import type { DashboardDocument } from "@/lib/dashboards/document";
import { parseTarget, targetId, targetsFor } from "./targets";

type Args = Parameters<CollisionDetection>[0];

/** A section is let go over sections, a widget over widgets and the ends of sections. */
function fitting(args: Args): Args {
  const isSection = parseTarget(args.active.id)?.kind === "section";
  return {
    ...args,
    droppableContainers: args.droppableContainers.filter(
      ({ id }) => (parseTarget(id)?.kind === "section") === isSection,
    ),
  };
}

/** By keys, one goes from corner to corner: what is as far up and left is what one is over. */
function nearestCorner({ collisionRect, droppableRects, droppableContainers }: Args): Collision[] {
  return droppableContainers
    .flatMap((container) => {
      const rect = droppableRects.get(container.id);
      // Before anything is measured, one is over nothing.
      if (!rect) return [];
      const value = Math.hypot(rect.left - collisionRect.left, rect.top - collisionRect.top);
      return [{ id: container.id, data: { droppableContainer: container, value } }];
    })
    .sort((a, b) => a.data.value - b.data.value);
}

/** What something is over. */
export const collisions: CollisionDetection = (all) => {
  const args = fitting(all);
  if (!args.pointerCoordinates) return nearestCorner(args);
  const under = pointerWithin(args);
  return under.length > 0 ? under : closestCenter(args);
};

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** By keys, something goes along the order of reading, from one place to the next. */
export function keyboardSteps(document: () => DashboardDocument): KeyboardCoordinateGetter {
  return (event, { active, context }) => {
    const step = STEPS[event.code];
    const moved = parseTarget(active);
    if (step === undefined || !moved) return undefined;
    event.preventDefault();
    const order = targetsFor(moved, document()).map(targetId);
    const at = order.indexOf(String(context.over?.id ?? active));
    const next = order[at + step];
    const rect = next === undefined ? undefined : context.droppableRects.get(next);
    return rect && { x: rect.left, y: rect.top };
  };
}
