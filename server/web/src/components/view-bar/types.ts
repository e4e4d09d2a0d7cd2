import type { ReactNode } from "react";
import type { Dimension, Store } from "@/lib/api/types";
import type { DashboardView } from "@/lib/dashboards/document";

export interface ViewBarProps {
  /** The stores that can be chosen from. */
  stores: Store[];
  view: DashboardView;
  /** The currency that somebody chose; that of the view is one that suits the stores where nobody did. */
  namedCurrency?: string | null;
  onView: (change: Partial<DashboardView>) => void;
  /** What can be filtered by. */
  dimensions: Dimension[];
  savedViews?: ReactNode;
  /** Says what is looked at, and leaves nothing to choose. */
  readOnly?: boolean;
}
