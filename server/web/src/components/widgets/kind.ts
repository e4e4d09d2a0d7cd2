import type { QueryResponse, Registry } from "@/lib/api/types";
import type { Widget } from "@/lib/dashboards/document";
import type { AxisMark } from "./types";

/** What every kind of widget is drawn from. */
export interface KindProps {
  widget: Widget;
  title: string;
  response: QueryResponse;
  marks: AxisMark[];
  registry: Registry | undefined;
}
