import type { components } from "@/lib/api/schema";
import type { QueryRequest } from "@/lib/api/types";
import type { Precision } from "@/lib/format/number";
import type { Comparison } from "@/lib/metrics/range";

/*
 * What a dashboard is made of. The server describes all of it but what a widget asks and how it is drawn: the first is a
 * piece of the metrics language, the second is known to the app alone. `WidgetQuestion` and `WidgetDisplay` are no
 * interfaces, so that a document can be sent as it is.
 */

type Schemas = components["schemas"];

/** The operators of the metrics language that compare texts. */
export type FilterOperator =
  | "equals"
  | "notEquals"
  | "contains"
  | "notContains"
  | "startsWith"
  | "endsWith"
  | "in"
  | "notIn"
  | "set"
  | "notSet";

/** A condition on a dimension, as it stands in a query's `filters`. */
export interface DashboardFilter extends Omit<Schemas["DashboardFilter"], "operator"> {
  operator: FilterOperator;
}

export interface DashboardSettings extends Omit<Schemas["DashboardSettings"], "compare" | "filters"> {
  compare: Comparison;
  filters: DashboardFilter[];
}

/** How a dashboard is looked at: what the address says, over the dashboard's settings. */
export interface DashboardView {
  /** A preset's name, or `2026-10-01..2026-10-31`. */
  range: string;
  compare: Comparison;
  /** The stores that are asked about, at least one. */
  stores: string[];
  /** The currency that amounts are told in; null is the stores' own. */
  currency: string | null;
  filters: DashboardFilter[];
  /** The day that weeks begin on, where it is not the same in all of the stores: they have no weeks in common otherwise. */
  week_start?: QueryRequest["week_start"];
  /** The zone whose hours are meant, where it is not the same in all of the stores: those of some begin in the middle of others'. */
  timezone?: string;
}

export type WidgetKind = Schemas["WidgetKind"];
export type WidgetSize = Schemas["WidgetSize"];

/** What a widget asks, without what it shares with the whole dashboard. */
export type WidgetQuestion = Omit<
  QueryRequest,
  "time_range" | "stores" | "compare_to" | "currency" | "timezone" | "explain" | "granularity"
> & { granularity?: QueryRequest["granularity"] | "auto" };

/** What a widget does not take from its dashboard; null is the dashboard's. */
export interface WidgetOwn extends Omit<Schemas["WidgetOwn"], "compare"> {
  compare: Comparison | null;
}

/** A value from which on, or up to which, a figure is good or bad. */
export interface Threshold {
  /** The key of the figure's column. */
  column: string;
  operator: "gte" | "lte";
  /** A decimal in digits. */
  value: string;
  tone: "good" | "warn" | "bad";
}

export interface WidgetAxis {
  /** Whether it begins at zero. */
  zero: boolean;
  log: boolean;
  /** The keys of the columns that the right axis measures. */
  right: string[];
}

export interface WidgetColumn {
  key: string;
  hidden?: boolean;
  /** Whether its cells are coloured by their values. */
  heat?: boolean;
  sparkline?: boolean;
}

export interface WidgetGoal {
  /** A decimal in digits. */
  value: string;
  /** Of what it is the goal: of the whole range, or of each day or month of it. */
  by: "range" | "day" | "month";
}

export type WidgetDisplay = Partial<{
  precision: Precision;
  /** The number of a series' colour, from 1 to 8, by the key of a column or the name of a group. */
  colours: Record<string, number>;
  axis: WidgetAxis;
  legend: boolean;
  stacked: boolean;
  horizontal: boolean;
  donut: boolean;
  sparkline: boolean;
  thresholds: Threshold[];
  columns: WidgetColumn[];
  totals: boolean;
  page_size: number;
  goal: WidgetGoal;
  /** Whether parts are told as they are, or as shares of the whole. */
  show: "value" | "share";
}>;

export interface Widget extends Omit<Schemas["DashboardWidget"], "query" | "own" | "display"> {
  /** Null where it asks nothing, as a text does. */
  query: WidgetQuestion | null;
  own: WidgetOwn;
  display: WidgetDisplay;
}

export interface Section extends Omit<Schemas["DashboardSection"], "columns" | "widgets"> {
  columns: 1 | 2 | 3;
  widgets: Widget[];
}

export interface DashboardDocument extends Omit<
  Schemas["DashboardDocument"],
  "version" | "settings" | "sections"
> {
  version: 1;
  settings: DashboardSettings;
  sections: Section[];
}

type WithDocument<T> = Omit<T, "document"> & { document: DashboardDocument };

export type Dashboard = WithDocument<Schemas["Dashboard"]>;
export type DashboardChange = WithDocument<Schemas["DashboardChange"]>;
export type NewDashboard = Omit<Schemas["NewDashboard"], "document"> & {
  document?: DashboardDocument | null;
};
export type RevisionInFull = WithDocument<Schemas["RevisionInFull"]>;
export type Template = WithDocument<Schemas["Template"]>;
export type SharedDashboard = WithDocument<Schemas["SharedDashboard"]>;

/** A thing of the server with a document in it, which the server has checked before it kept it. */
export function withDocument<T extends { document: Schemas["DashboardDocument"] }>(told: T): WithDocument<T> {
  return { ...told, document: told.document as DashboardDocument };
}
