import type { ReactNode } from "react";
import type { QueryRequest } from "@/lib/api/types";
import type { Widget } from "@/lib/dashboards/document";
import type { LocalDate } from "@/lib/dates";

/** Something that happened on some days, as it stands on the axis of a chart. */
export interface AxisMark {
  id: string;
  first: LocalDate;
  /** The last day, included. */
  last: LocalDate;
  title: string;
  kind: string;
  /** Whether the server found it itself. */
  automatic: boolean;
}

export interface WidgetProps {
  widget: Widget;
  /** What it is called to those who do not see it, where others on the page have the same title. */
  label?: string | undefined;
  /** What is asked of the server; null where the widget asks nothing. */
  question: QueryRequest | null;
  /** What is asked is not known yet. */
  isWaiting?: boolean;
  marks: AxisMark[];
  /** The ids of the dimensions whose filters do not hold here, because not all metrics have them. */
  unfit: string[];
  /** Stands in the widget's menu behind what every widget has there. */
  menu?: ReactNode;
  /** The zone that days are counted in. */
  timezone: string;
  /** Leads to where a source is connected; missing where one may not. */
  onConnect?: (source: string) => void;
}
