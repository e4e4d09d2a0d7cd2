import {
  ChartArea,
  ChartColumn,
  ChartLine,
  ChartPie,
  FlaskConical,
  Funnel,
  Gauge,
  Grid3x3,
  Hash,
  ListChecks,
  Star,
  Table2,
  Target,
  Type,
} from "lucide-react";
import type { WidgetKind } from "@/lib/dashboards/document";

export const KIND_ICONS: Record<WidgetKind, typeof Hash> = {
  kpi: Hash,
  line: ChartLine,
  area: ChartArea,
  bar: ChartColumn,
  pie: ChartPie,
  table: Table2,
  goal: Target,
  heatmap: Grid3x3,
  funnel: Funnel,
  text: Type,
  reviews: Star,
  experiment: FlaskConical,
  survey: ListChecks,
  sentiment: Gauge,
};
