import type { ComponentType } from "react";

export interface LeaveGuardProps {
  /** Whether leaving now would lose something. */
  isUnsaved: () => boolean;
  /** Tries to save what is not saved yet, and tells whether all is. */
  settle: () => Promise<boolean>;
}

/** Stands in the way of leaving the page while something would be lost by it; the app knows the ways out. */
export type LeaveGuard = ComponentType<LeaveGuardProps>;
