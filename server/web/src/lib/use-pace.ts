import { useEffect, useReducer } from "react";
import { seen, type Pace } from "./pace";

/** The pace at which a progress grows, from when it was seen first. */
export function usePace(progress: number): Pace | null {
  const [pace, see] = useReducer(seen, null);
  useEffect(() => see({ progress, at: performance.now() }), [progress]);
  return pace;
}
