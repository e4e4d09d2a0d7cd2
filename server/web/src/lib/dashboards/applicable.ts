import type { Metric, QueryRequest } from "@/lib/api/types";
import type { DashboardFilter, WidgetQuestion } from "./document";

/** The dimensions of each report that a source tells something in: it can be cut by those of one of them, and of no two at once. */
type Reports = readonly (readonly string[])[];

/** What has to be known of a metric to ask it. */
export interface MetricFacts {
  dimensions: readonly string[];
  /** Whether it can be cut into hours: what a source tells by the day cannot. */
  hours: boolean;
  /** Of each thing it is computed of that is told in reports. */
  reports?: readonly Reports[];
}

/** Looks a metric up; undefined for one that nobody knows. */
export type FactsOf = (id: string) => MetricFacts | undefined;

type Question = WidgetQuestion | QueryRequest;

const METRIC_IDS = /[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*/g;

function metricsIn(formula: string): string[] {
  return formula.match(METRIC_IDS) ?? [];
}

function reportsOf({ formula }: Metric, metrics: ReadonlyMap<string, Metric>): Reports[] {
  if ("computed" in formula) {
    return metricsIn(formula.computed).flatMap((id) => {
      const part = metrics.get(id);
      return part ? reportsOf(part, metrics) : [];
    });
  }
  const measures =
    "measure" in formula
      ? [formula.measure]
      : "ratio" in formula
        ? [formula.ratio.numerator, formula.ratio.denominator]
        : [formula.difference.of, formula.difference.less];
  return measures.flatMap(({ rows: { grains } }) =>
    grains?.length ? [grains.map(({ dimensions }) => dimensions)] : [],
  );
}

/** What the registry says of each metric. */
export function factsOf(list: readonly Metric[]): FactsOf {
  const metrics = new Map(list.map((metric) => [metric.id, metric]));
  return (id) => {
    const metric = metrics.get(id);
    if (!metric) return undefined;
    const { dimensions, has_hours: hours } = metric;
    return { dimensions, hours, reports: reportsOf(metric, metrics) };
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Named {
  dimensions: string[];
  metrics: string[];
}

/** What conditions are about, in the long and in the short form. */
function namedIn(filters: unknown): Named {
  if (!isObject(filters)) return { dimensions: [], metrics: [] };
  for (const group of ["and", "or", "not"]) {
    const inner = filters[group];
    if (inner !== undefined) {
      const parts = (Array.isArray(inner) ? inner : [inner]).map(namedIn);
      return {
        dimensions: parts.flatMap(({ dimensions }) => dimensions),
        metrics: parts.flatMap(({ metrics }) => metrics),
      };
    }
  }
  const { dimension, metric, operator, values } = filters;
  if ([dimension, metric, operator, values].every((field) => field === undefined)) {
    return { dimensions: Object.keys(filters), metrics: [] };
  }
  return {
    dimensions: typeof dimension === "string" ? [dimension] : [],
    metrics: typeof metric === "string" ? metricsIn(metric) : [],
  };
}

/** Metrics that a question is about, and what rows of theirs alone are told apart by. */
interface Part {
  metrics: string[];
  dimensions: string[];
}

function partsOf(question: Question): Part[] {
  const parts: Part[] = [];
  const add = (metrics: string[], filters?: unknown) =>
    parts.push({ metrics, dimensions: namedIn(filters).dimensions });
  const { metric, source } = question;
  if (metric) add([source && !metric.includes(".") ? `${source}.${metric}` : metric]);
  for (const asked of question.metrics ?? []) {
    if (typeof asked === "string") add([asked]);
    else if (asked.formula) add(metricsIn(asked.formula), asked.filters);
    else if (asked.metric) add([asked.metric], asked.filters);
  }
  for (const step of question.funnel?.steps ?? []) add([step.metric], step.filters);
  for (const conditions of [question.filters, question.having]) {
    for (const id of namedIn(conditions).metrics) add([id]);
  }
  return parts;
}

/** Every metric that a question is about, in whichever form it names it. */
export function metricsOf(question: Question): string[] {
  return [...new Set(partsOf(question).flatMap(({ metrics }) => metrics))];
}

/** Whether a question can be cut into hours. */
export function canHaveHours(question: Question, facts: FactsOf): boolean {
  return metricsOf(question).every((id) => facts(id)?.hours !== false);
}

/** What everything in a question is told apart by. The store is in every report. */
function cutBy(question: Question): string[] {
  return [...[question.group_by ?? []].flat(), ...namedIn(question.filters).dimensions];
}

/** Whether all that a question is about is told by these dimensions at once. */
function isTold(parts: readonly Part[], dimensions: readonly string[], facts: FactsOf): boolean {
  return parts.every((part) => {
    const needed = [...dimensions, ...part.dimensions].filter((dimension) => dimension !== "store");
    const fits = (report: readonly string[]) => needed.every((dimension) => report.includes(dimension));
    return part.metrics.every((id) => facts(id)?.reports?.every((reports) => reports.some(fits)) !== false);
  });
}

/**
 * A dashboard's filters as they bear on a question, in their order: those that do, and those that do not, because a metric of it lacks
 * their dimension or is not told by it and the others at once.
 */
export function applicable(
  filters: readonly DashboardFilter[],
  question: Question,
  facts: FactsOf,
): { fit: DashboardFilter[]; unfit: DashboardFilter[] } {
  const parts = partsOf(question);
  const metrics = metricsOf(question);
  const dimensions = cutBy(question);
  // What is wrong by itself is not put right by leaving out conditions.
  const wasTold = isTold(parts, dimensions, facts);
  const fit: DashboardFilter[] = [];
  const unfit: DashboardFilter[] = [];
  for (const filter of filters) {
    const { dimension } = filter;
    const isKnown = metrics.every((id) => facts(id)?.dimensions.includes(dimension) !== false);
    if (isKnown && (!wasTold || isTold(parts, [...dimensions, dimension], facts))) {
      dimensions.push(dimension);
      fit.push(filter);
    } else unfit.push(filter);
  }
  return { fit, unfit };
}
