import type { Dimension, Metric, Registry } from "@/lib/api/types";
import { factsOf, metricsOf } from "@/lib/dashboards/applicable";
import type { DashboardFilter, Widget, WidgetKind, WidgetQuestion } from "@/lib/dashboards/document";
import {
  DISPLAYS,
  figureKey,
  kindsFor,
  METRIC_KINDS,
  questionFor,
  usualDimension,
  usualSize,
} from "@/lib/dashboards/new-widget";
import { OPERATORS } from "@/lib/dashboards/view";

export type Figure = NonNullable<WidgetQuestion["metrics"]>[number];

/** The figures that a question asks for; the short form is one of them. */
export function figuresOf(query: WidgetQuestion): Figure[] {
  if (query.metrics && query.metrics.length > 0) return query.metrics;
  return query.metric ? metricsOf(query) : [];
}

/** The column of a figure, what it is called, and what it measures. */
export interface FigureColumn {
  key: string;
  title: string;
  unit: string | null;
}

export function columnsOf(query: WidgetQuestion | null, metrics: readonly Metric[]): FigureColumn[] {
  return (query ? figuresOf(query) : []).map((figure) => {
    const id = typeof figure === "string" ? figure : figure.metric;
    const metric = metrics.find((one) => one.id === id);
    const own = typeof figure === "string" ? null : figure;
    const key = figureKey(figure);
    return { key, title: own?.title ?? metric?.title ?? key, unit: own?.unit ?? metric?.unit ?? null };
  });
}

export function groupsOf({ group_by }: WidgetQuestion): string[] {
  if (!group_by) return [];
  return typeof group_by === "string" ? [group_by] : group_by;
}

/** Takes out what refers to what is no more there. */
function tidied(query: WidgetQuestion): WidgetQuestion {
  const groups = groupsOf(query);
  const keys = figuresOf(query).map(figureKey);
  const next = { ...query };
  if (next.order_by) {
    next.order_by = next.order_by.filter(
      ({ field }) => field === "time" || groups.includes(field) || keys.includes(field),
    );
  }
  if (groups.length === 0) {
    delete next.group_by;
    delete next.top;
  }
  if (next.pivot && !groups.includes(next.pivot)) delete next.pivot;
  if (next.top?.by && !keys.includes(next.top.by)) next.top = { ...next.top, by: null };
  return next;
}

/** Asks for other figures; groups that not all of them can be cut by are left out. */
export function withFigures(query: WidgetQuestion, figures: Figure[], registry: Registry): WidgetQuestion {
  const next: WidgetQuestion = { ...query, metrics: figures };
  delete next.metric;
  delete next.source;
  const shared = sharedDimensions(next, registry).map(({ id }) => id);
  return tidied({ ...next, group_by: groupsOf(next).filter((id) => shared.includes(id)) });
}

export function withGroups(query: WidgetQuestion, groups: string[]): WidgetQuestion {
  return tidied({ ...query, group_by: groups });
}

/** What every metric of a question can be cut by. */
export function sharedDimensions(query: WidgetQuestion, { metrics, dimensions }: Registry): Dimension[] {
  const facts = factsOf(metrics);
  const ids = metricsOf(query);
  return dimensions.filter(({ id }) => ids.every((metric) => facts(metric)?.dimensions.includes(id)));
}

/** The kinds that can show what a widget asks. */
export function kindsOf(widget: Widget, registry: Registry): WidgetKind[] {
  if (!METRIC_KINDS.includes(widget.kind) || !widget.query) return [widget.kind];
  const [first] = metricsOf(widget.query);
  const metric = registry.metrics.find(({ id }) => id === first);
  return metric ? kindsFor(metric, registry) : [...METRIC_KINDS];
}

/** The kinds that show one figure alone. */
export const SINGLE: readonly WidgetKind[] = ["kpi", "goal", "pie", "heatmap"];

/** The same widget shown in another way: it asks for the same figures, as that way wants them. */
export function withKind(widget: Widget, kind: WidgetKind, registry: Registry): Partial<Omit<Widget, "id">> {
  const { query, display, size } = widget;
  if (!query) return { kind };
  const figures = SINGLE.includes(kind) ? figuresOf(query).slice(0, 1) : figuresOf(query);
  const [first] = metricsOf({ metrics: figures });
  const metric = registry.metrics.find(({ id }) => id === first);
  const usual = metric ? usualDimension(metric, registry.dimensions) : null;
  const groups = groupsOf(query).length > 0 ? groupsOf(query) : usual === null ? [] : [usual];
  const next = questionFor(kind, figures, kind === "pie" ? groups.slice(0, 1) : groups);
  return {
    kind,
    query: { ...next, ...(query.filters && { filters: query.filters }) },
    display: { ...DISPLAYS[kind], ...(kind === "bar" && next.group_by && { horizontal: true }), ...display },
    size: size === usualSize(widget.kind) ? usualSize(kind) : size,
  };
}

type Filters = WidgetQuestion["filters"];

function asFilter(part: unknown): DashboardFilter | null {
  if (typeof part !== "object" || part === null) return null;
  const { dimension, operator, values = [], ...more } = part as Record<string, unknown>;
  if (typeof dimension !== "string" || typeof operator !== "string" || Object.keys(more).length > 0)
    return null;
  if (!Object.hasOwn(OPERATORS, operator)) return null;
  if (!Array.isArray(values) || !values.every((value): value is string => typeof value === "string"))
    return null;
  return { dimension, operator: operator as DashboardFilter["operator"], values };
}

/** A question's own filters as a list of which all must hold; null where they are no such list. */
export function listedFilters(filters: Filters): DashboardFilter[] | null {
  if (!filters || Object.keys(filters).length === 0) return [];
  const all = (filters as { and?: unknown }).and;
  const parts = Array.isArray(all) && Object.keys(filters).length === 1 ? (all as unknown[]) : [filters];
  const list = parts.map(asFilter);
  return list.every((filter) => filter !== null) ? list : null;
}

/** The inverse of `listedFilters`. */
export function writtenFilters(list: readonly DashboardFilter[]): Record<string, never> | null {
  const and = list.map(({ dimension, operator, values }) => ({
    dimension,
    operator,
    ...(values.length > 0 && { values }),
  }));
  // The description of the API knows no more of filters than that they are objects.
  return and.length === 0 ? null : ({ and } as unknown as Record<string, never>);
}
