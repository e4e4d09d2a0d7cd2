import { useEffect, useState, type KeyboardEvent } from "react";
import { walkFrom, type Grid } from "./walk";

export interface Walk {
  /** The place that is read now. */
  place: number | null;
  /** Whether keys led there, so that it is said aloud. */
  byKeys: boolean;
  point: (place: number | null) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}

/** Which place of a drawing is read: the pointer is there, or the arrow keys led there. */
export function useWalk(grid: Grid): Walk {
  const [at, setAt] = useState<{ place: number; byKeys: boolean } | null>(null);
  const count = grid.columns * grid.rows;
  // What is drawn may have become shorter meanwhile.
  const place = at !== null && at.place < count ? at.place : null;
  const isPointedAt = place !== null && at?.byKeys === false;
  // What a pointer brings up can be put away without moving it, wherever the focus is.
  useEffect(() => {
    if (!isPointedAt) return undefined;
    const close = (event: globalThis.KeyboardEvent) => {
      if (event.key === "Escape") setAt(null);
    };
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, [isPointedAt]);
  return {
    place,
    byKeys: at?.byKeys === true,
    point: (next) =>
      setAt((before) => {
        if (next === null) return null;
        return before?.place === next && !before.byKeys ? before : { place: next, byKeys: false };
      }),
    onKeyDown: (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Escape" && place !== null) {
        // What is around, such as a dialog, is not meant then.
        event.stopPropagation();
        setAt(null);
        return;
      }
      const next = walkFrom(event.key, place, grid);
      if (next === null) return;
      event.preventDefault();
      setAt({ place: next, byKeys: true });
    },
    onBlur: () => setAt(null),
  };
}
