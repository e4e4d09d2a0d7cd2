import type { Dimension, Metric, Registry } from "@/lib/api/types";
import { applicable, factsOf, metricsOf } from "@/lib/dashboards/applicable";
import type { Widget, WidgetKind, WidgetQuestion } from "@/lib/dashboards/document";
import {
  figureKey,
  isOverTime,
  kindsFor,
  largestFirst,
  METRIC_KINDS,
  questionFor,
  usualDimension,
  usualDisplay,
  usualSize,
  usualTop,
} from "@/lib/dashboards/new-widget";
import { withFittingFilters } from "./own-filters";

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
    next.order_by = next.order_by.filter(({ field }) =>
      field === "time" ? isOverTime(query) : groups.includes(field) || keys.includes(field),
    );
  }
  if (groups.length === 0) {
    delete next.group_by;
    delete next.top;
  }
  if (next.pivot && !groups.includes(next.pivot)) delete next.pivot;
  if (next.top && (!next.top.by || !keys.includes(next.top.by))) {
    next.top = { ...next.top };
    delete next.top.by;
  }
  return next;
}

/** A question as a kind can draw its answer: with no more groups than it shows, and in an order that suits it. */
function asDrawn(query: WidgetQuestion, kind: WidgetKind): WidgetQuestion {
  const next = tidied(query);
  if (kind === "table") return next;
  const top = usualTop(kind, { ...next, group_by: groupsOf(next) });
  if (top === null) delete next.top;
  else next.top ??= top;
  // Points of time stand in their own order, bars of things in that of their lengths.
  if (isOverTime(next)) delete next.order_by;
  else if (groupsOf(next).length > 0 && !next.pivot && !next.order_by?.length)
    next.order_by = largestFirst(figuresOf(next));
  return next;
}

/** The keys of figures that stand where others stood, by the keys of those. */
export function replacedIn(before: readonly Figure[], after: readonly Figure[]): Map<string, string> {
  const [old, own] = [before.map(figureKey), after.map(figureKey)];
  if (old.length !== own.length) return new Map();
  return new Map(
    old.flatMap((key, at) => {
      const next = own[at] ?? key;
      return next === key || own.includes(key) ? [] : [[key, next]];
    }),
  );
}

/** Asks for other figures; groups and filters that not all of them can be cut by are left out. */
export function withFigures(query: WidgetQuestion, figures: Figure[], registry: Registry): WidgetQuestion {
  const replaced = replacedIn(figuresOf(query), figures);
  const next: WidgetQuestion = { ...query, metrics: figures };
  delete next.metric;
  delete next.source;
  if (next.order_by) {
    next.order_by = next.order_by.map((order) => ({
      ...order,
      field: replaced.get(order.field) ?? order.field,
    }));
  }
  if (next.top?.by) next.top = { ...next.top, by: replaced.get(next.top.by) ?? next.top.by };
  const { filters, ...bare } = next;
  const kept = groupsOf(next).reduce<string[]>((groups, id) => {
    const beside = dimensionsBeside({ ...bare, group_by: groups }, registry);
    return beside.some((dimension) => dimension.id === id) ? [...groups, id] : groups;
  }, []);
  const cut = tidied({ ...bare, group_by: kept });
  return filters ? withFittingFilters({ ...cut, filters }, registry) : cut;
}

export function withGroups(query: WidgetQuestion, groups: string[], kind: WidgetKind): WidgetQuestion {
  return asDrawn({ ...query, group_by: groups }, kind);
}

/** Puts figures over time, or with none over the whole of it. */
export function withPoints(
  query: WidgetQuestion,
  points: NonNullable<WidgetQuestion["granularity"]>,
  kind: WidgetKind,
): WidgetQuestion {
  const next: WidgetQuestion = { ...query, granularity: points };
  if (points === "none") delete next.granularity;
  return asDrawn(next, kind);
}

/** What every metric of a question can be cut by. */
export function sharedDimensions(query: WidgetQuestion, { metrics, dimensions }: Registry): Dimension[] {
  const facts = factsOf(metrics);
  const ids = metricsOf(query);
  return dimensions.filter(({ id }) => ids.every((metric) => facts(metric)?.dimensions.includes(id)));
}

/** What a question can be cut by beside what it is told apart by already: some sources tell a figure in several reports, by no two at once. */
export function dimensionsBeside(query: WidgetQuestion, registry: Registry): Dimension[] {
  const facts = factsOf(registry.metrics);
  const asked = { ...query, group_by: groupsOf(query) };
  return sharedDimensions(query, registry).filter(({ id }) => {
    const any = { dimension: id, operator: "set" as const, values: [] };
    return applicable([any], asked, facts).unfit.length === 0;
  });
}

/** The kinds that can show what a widget asks. */
export function kindsOf(widget: Widget, registry: Registry): WidgetKind[] {
  if (!METRIC_KINDS.includes(widget.kind) || !widget.query) return [widget.kind];
  const [first] = metricsOf(widget.query);
  const metric = registry.metrics.find(({ id }) => id === first);
  return metric ? kindsFor(metric, registry) : [...METRIC_KINDS];
}

/** Whether a kind can show a metric: what is offered for its widget. */
export function isShownAs(kind: WidgetKind, metric: Metric, registry: Registry): boolean {
  return !METRIC_KINDS.includes(kind) || kindsFor(metric, registry).includes(kind);
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
  const asked = { ...next, ...(query.filters && { filters: query.filters }) };
  return {
    kind,
    query: withFittingFilters(asked, registry),
    display: {
      ...usualDisplay(kind, metric),
      ...(kind === "bar" && next.group_by && { horizontal: true }),
      ...display,
    },
    size: size === usualSize(widget.kind) ? usualSize(kind) : size,
  };
}
