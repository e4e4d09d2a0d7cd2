import type { ReactNode } from "react";
import type { DashboardDocument, DashboardView, Widget } from "@/lib/dashboards/document";
import type { DashboardMark } from "./marks";

export interface DashboardGridProps {
  document: DashboardDocument;
  view: DashboardView;
  marks: DashboardMark[];
  /** The zone that days are counted in. */
  timezone: string;
  /** What stands in a widget's menu besides what every widget has there. */
  renderMenu?: (widget: Widget) => ReactNode;
  /** Puts something around a section or a widget, as an editor does with its handles. */
  wrapSection?: (section: ReactNode, id: string) => ReactNode;
  wrapWidget?: (widget: ReactNode, id: string) => ReactNode;
  /** Leads to where a source is connected; missing where one may not. */
  onConnect?: (source: string) => void;
}
