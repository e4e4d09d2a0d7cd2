import type { Metric, QueryRequest } from "@/lib/api/types";
import type { DashboardFilter, WidgetQuestion } from "./document";

/** What has to be known of a metric to ask it. */
export interface MetricFacts {
  dimensions: readonly string[];
  /** Whether it can be cut into hours: what a source tells by the day cannot. */
  hours: boolean;
}

/** Looks a metric up; undefined for one that nobody knows. */
export type FactsOf = (id: string) => MetricFacts | undefined;

/** Rows that tell of a day as a whole. */
const OF_DAYS = ["metric_events", "inventory_levels"];

const METRIC_IDS = /[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*/g;

function metricsIn(formula: string): string[] {
  return formula.match(METRIC_IDS) ?? [];
}

function hasHours(formula: Metric["formula"], metrics: ReadonlyMap<string, Metric>): boolean {
  if ("computed" in formula) {
    const parts = metricsIn(formula.computed).map((id) => metrics.get(id));
    return parts.every((metric) => metric === undefined || hasHours(metric.formula, metrics));
  }
  const measures =
    "measure" in formula
      ? [formula.measure]
      : "ratio" in formula
        ? [formula.ratio.numerator, formula.ratio.denominator]
        : [formula.difference.of, formula.difference.less];
  return measures.every(({ rows }) => !OF_DAYS.includes(rows.dataset));
}

/** What the registry says of each metric. */
export function factsOf(list: readonly Metric[]): FactsOf {
  const metrics = new Map(list.map((metric) => [metric.id, metric]));
  return (id) => {
    const metric = metrics.get(id);
    return metric && { dimensions: metric.dimensions, hours: hasHours(metric.formula, metrics) };
  };
}

/** Every metric that a question is about, in whichever form it names it. */
export function metricsOf(question: WidgetQuestion | QueryRequest): string[] {
  const ids: string[] = [];
  if (question.metric) {
    ids.push(question.source ? `${question.source}.${question.metric}` : question.metric);
  }
  for (const asked of question.metrics ?? []) {
    if (typeof asked === "string") ids.push(asked);
    else if (asked.formula) ids.push(...metricsIn(asked.formula));
    else if (asked.metric) ids.push(asked.metric);
  }
  for (const step of question.funnel?.steps ?? []) ids.push(step.metric);
  return [...new Set(ids)];
}

/** Whether a question can be cut into hours. */
export function canHaveHours(question: WidgetQuestion | QueryRequest, facts: FactsOf): boolean {
  return metricsOf(question).every((id) => facts(id)?.hours !== false);
}

/** A dashboard's filters as they bear on a question: those that do, and those whose dimension a metric of it lacks. */
export function applicable(
  filters: readonly DashboardFilter[],
  question: WidgetQuestion,
  facts: FactsOf,
): { fit: DashboardFilter[]; unfit: DashboardFilter[] } {
  const metrics = metricsOf(question);
  const fits = ({ dimension }: DashboardFilter) =>
    metrics.every((id) => facts(id)?.dimensions.includes(dimension) !== false);
  return { fit: filters.filter(fits), unfit: filters.filter((filter) => !fits(filter)) };
}
