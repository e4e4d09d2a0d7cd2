import type { Dimension, Metric, Registry } from "@/lib/api/types";
import { canHaveHours, factsOf } from "./applicable";
import type {
  DashboardDocument,
  Section,
  Widget,
  WidgetDisplay,
  WidgetGoal,
  WidgetKind,
  WidgetOwn,
  WidgetQuestion,
  WidgetSize,
} from "./document";
import { isSourceKind, STANDARD_QUESTIONS } from "./standard";

export const SIZE_TITLES: Record<WidgetSize, string> = {
  small: "Small",
  medium: "Medium",
  large: "Large",
  full: "Full width",
};

export const SIZES: readonly WidgetSize[] = ["small", "medium", "large", "full"];

/** The kinds that show a metric, in the order in which they are offered. */
export const METRIC_KINDS: readonly WidgetKind[] = [
  "kpi",
  "line",
  "area",
  "bar",
  "pie",
  "table",
  "goal",
  "heatmap",
];

/** The kinds that say by themselves what they ask. */
export const SOURCE_KINDS: readonly WidgetKind[] = ["reviews", "experiment", "survey", "sentiment"];

const USUAL_SIZE: Record<WidgetKind, WidgetSize> = {
  kpi: "small",
  goal: "small",
  line: "large",
  area: "large",
  bar: "medium",
  pie: "medium",
  table: "large",
  heatmap: "large",
  funnel: "medium",
  text: "medium",
  reviews: "medium",
  experiment: "medium",
  survey: "medium",
  sentiment: "small",
};

export function usualSize(kind: WidgetKind): WidgetSize {
  return USUAL_SIZE[kind];
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A name for a section or a widget that no other has. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("");
}

export function newSection(parts: Partial<Section> = {}): Section {
  return { id: newId(), title: null, columns: 2, collapsed: false, widgets: [], ...parts };
}

export function emptyDocument(): DashboardDocument {
  return {
    version: 1,
    settings: {
      range: "last_30_days",
      compare: "previous_period",
      stores: null,
      currency: null,
      filters: [],
    },
    sections: [],
  };
}

const OWN: WidgetOwn = { range: null, compare: null, stores: null, filters: "add" };

/** What a metric is cut by unless somebody says otherwise: few values, and none that the bar on top chooses. */
export function usualDimension(
  metric: Pick<Metric, "dimensions">,
  dimensions: readonly Pick<Dimension, "id" | "has_few_values">[],
): string | null {
  const own = metric.dimensions.filter((id) => id !== "store" && id !== "currency");
  const few = own.find((id) =>
    dimensions.some((dimension) => dimension.id === id && dimension.has_few_values),
  );
  return few ?? own[0] ?? (metric.dimensions.includes("store") ? "store" : null);
}

/** The kinds that can show a metric. */
export function kindsFor(
  metric: Metric,
  { metrics, dimensions }: Pick<Registry, "metrics" | "dimensions">,
): WidgetKind[] {
  return METRIC_KINDS.filter((kind) => {
    // Hours of weekdays are added up from those of all weeks.
    if (kind === "heatmap")
      return metric.additive && canHaveHours({ metrics: [metric.id] }, factsOf(metrics));
    if (kind === "pie") return metric.additive && usualDimension(metric, dimensions) !== null;
    return true;
  });
}

/** The most groups that a chart shows before the rest are put together. */
const GROUPS: Partial<Record<WidgetKind, number>> = { bar: 10, pie: 6 };
/** Over time each group is a series: with the rest as one they are as many as have a colour. */
const SERIES = 7;
const TABLE_ROWS = 100;

const CURRENCY = "currency";

type Figures = NonNullable<WidgetQuestion["metrics"]>;

/** The key of a figure's column in an answer. */
export function figureKey(figure: Figures[number]): string {
  return typeof figure === "string" ? figure : (figure.as ?? figure.metric ?? "");
}

/** Whether figures go over time, be it in points of whatever length. */
export function isOverTime({ granularity }: WidgetQuestion): boolean {
  return granularity !== undefined && granularity !== null && granularity !== "none";
}

export function largestFirst([first]: Figures): NonNullable<WidgetQuestion["order_by"]> {
  return first === undefined ? [] : [{ field: figureKey(first), direction: "desc" }];
}

/**
 * The groups that a chart is limited to, the largest of them; null where it needs no limit. An answer has so many rows and no more, so
 * that a chart of all groups would end before its last days. Currencies are few, and what is left of them has no sum.
 */
export function usualTop(kind: WidgetKind, query: WidgetQuestion): NonNullable<WidgetQuestion["top"]> | null {
  const groups = query.group_by ?? [];
  if (kind === "table" || groups.length === 0 || groups.includes(CURRENCY)) return null;
  return { groups: isOverTime(query) ? SERIES : (GROUPS[kind] ?? SERIES) };
}

/** What a widget of a kind asks about figures. */
export function questionFor(
  kind: WidgetKind,
  metrics: Figures,
  dimensions: readonly string[],
): WidgetQuestion {
  const cut = { metrics, group_by: [...dimensions] };
  const top = usualTop(kind, cut);
  const order = largestFirst(metrics);
  switch (kind) {
    case "line":
    case "area":
    case "kpi":
      return { metrics, granularity: "auto" };
    case "heatmap":
      return { metrics, granularity: "hour", limit: 10_000 };
    case "bar":
    case "pie":
      if (dimensions.length === 0) return { metrics, granularity: "auto" };
      return { ...cut, ...(top && { top }), order_by: order };
    case "table":
      if (dimensions.length === 0) return { metrics, granularity: "auto" };
      return { ...cut, order_by: order, limit: TABLE_ROWS };
    default:
      return { metrics };
  }
}

/** What is to be reached until somebody says it; of an average the same over whatever time, for it does not grow with it. */
export function usualGoal(isSum: boolean): WidgetGoal {
  return { value: "1000", by: isSum ? "month" : "range" };
}

/** How a kind is drawn unless somebody says otherwise. */
export function usualDisplay(kind: WidgetKind, metric?: Pick<Metric, "additive">): WidgetDisplay {
  if (kind === "kpi") return { sparkline: true };
  return kind === "goal" ? { goal: usualGoal(metric?.additive === true) } : {};
}

/** The ways of a visitor to an order, as far as the metrics of it are there. */
const FUNNEL = ["ga4.sessions", "ga4.add_to_carts", "ga4.checkouts", "ga4.purchases"];

export const FIRST_TEXT = "### A heading\n\nA few words on what is shown here.";

function blank(kind: WidgetKind, metric?: Metric): Widget {
  return {
    id: newId(),
    kind,
    size: usualSize(kind),
    title: null,
    note: null,
    query: null,
    own: { ...OWN },
    display: usualDisplay(kind, metric),
    text: kind === "text" ? FIRST_TEXT : null,
  };
}

/** A widget that shows a metric. */
export function metricWidget(
  kind: WidgetKind,
  metric: Metric,
  registry: Pick<Registry, "dimensions">,
): Widget {
  const widget = blank(kind, metric);
  const dimension = usualDimension(metric, registry.dimensions);
  const query = questionFor(kind, [metric.id], dimension === null ? [] : [dimension]);
  // Bars of categories lie, so that their names have room; those of times stand.
  if (kind === "bar" && query.group_by) widget.display.horizontal = true;
  return { ...widget, query };
}

/** A widget that is not chosen by a metric: a text, a funnel, or what a source shows by itself. */
export function otherWidget(kind: WidgetKind, registry: Pick<Registry, "metrics">): Widget {
  if (isSourceKind(kind)) return { ...blank(kind), query: structuredClone(STANDARD_QUESTIONS[kind]) };
  if (kind !== "funnel") return blank(kind);
  const known = FUNNEL.filter((id) => registry.metrics.some((metric) => metric.id === id));
  const counts = registry.metrics
    .filter(({ unit, additive }) => unit === "count" && additive)
    .map(({ id }) => id);
  const steps = known.length >= 2 ? known : counts.slice(0, 2);
  return { ...blank(kind), query: { funnel: { steps: steps.map((metric) => ({ metric })) } } };
}
