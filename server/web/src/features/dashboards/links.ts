import type { ComponentType, ReactNode } from "react";

export interface DashboardLinkProps {
  id: string;
  className?: string;
  children: ReactNode;
}

/** A way to a dashboard; the app knows where that is. */
export type DashboardLink = ComponentType<DashboardLinkProps>;
