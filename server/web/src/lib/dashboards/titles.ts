import type { Widget, WidgetKind, WidgetQuestion } from "./document";

/** What metrics and dimensions are called: the registry knows, and for what it is about an answer does, too. */
export interface Names {
  metrics: readonly { id: string; title: string }[];
  dimensions: readonly { id: string; title: string }[];
}

/** What kinds of widgets are called. */
export const KIND_TITLES: Record<WidgetKind, string> = {
  kpi: "Figure",
  line: "Line",
  area: "Area",
  bar: "Bars",
  pie: "Pie",
  table: "Table",
  funnel: "Funnel",
  heatmap: "Heatmap",
  text: "Text",
  goal: "Goal",
  reviews: "Reviews",
  experiment: "Experiment",
  survey: "Survey",
  sentiment: "Sentiment",
};

const OF_SOURCES: readonly WidgetKind[] = ["reviews", "experiment", "survey", "sentiment"];

/** The name of a metric or dimension; made of its id while the registry is not there. */
function nameOf(id: string, list: readonly { id: string; title: string }[] | undefined): string {
  const known = list?.find((one) => one.id === id)?.title;
  if (known) return known;
  const words = (id.split(".").at(-1) ?? id).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function figuresOf(question: WidgetQuestion, names: Names | undefined): string[] {
  const name = (id: string) => nameOf(id, names?.metrics);
  const listed = (question.metrics ?? []).map((asked) =>
    typeof asked === "string"
      ? name(asked)
      : (asked.title ?? (asked.metric ? name(asked.metric) : nameOf(asked.as ?? "figure", []))),
  );
  return question.metric ? [name(question.metric), ...listed] : listed;
}

/** Within a sentence a name begins small, unless it is an abbreviation. */
function within(name: string): string {
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

function together(names: string[]): string {
  const [first = "", second, ...more] = names;
  if (second === undefined) return first;
  if (more.length === 0) return `${first} and ${within(second)}`;
  return `${first}, ${within(second)} and ${more.length} more`;
}

/** What a widget is called: its own title, else one made of what it shows. */
export function widgetTitle(widget: Widget, names: Names | undefined): string {
  if (widget.title !== null && widget.title !== "") return widget.title;
  if (widget.kind === "text") return /^#+\s+(.+)$/m.exec(widget.text ?? "")?.[1]?.trim() ?? KIND_TITLES.text;
  const { query } = widget;
  if (query === null || OF_SOURCES.includes(widget.kind)) return KIND_TITLES[widget.kind];
  if (query.funnel) {
    const steps = query.funnel.steps.map(({ metric, label }) => label ?? nameOf(metric, names?.metrics));
    return `${steps[0] ?? ""} to ${within(steps.at(-1) ?? "")}`;
  }
  const cut = typeof query.group_by === "string" ? [query.group_by] : (query.group_by ?? []);
  const by = cut.map((id) => within(nameOf(id, names?.dimensions))).join(" and ");
  const figures = together(figuresOf(query, names));
  if (widget.kind === "heatmap") return `${figures} by hour and weekday`;
  return by === "" ? figures : `${figures} by ${by}`;
}

/**
 * What widgets are called to those who do not see them, by their ids, where others before them have the same title: the same figure
 * as a number and as a line.
 */
export function distinctNames(widgets: readonly Widget[], names: Names | undefined): Map<string, string> {
  const taken = new Set<string>();
  const distinct = new Map<string, string>();
  for (const widget of widgets) {
    const title = widgetTitle(widget, names);
    let name = taken.has(title) ? `${title}, ${KIND_TITLES[widget.kind].toLowerCase()}` : title;
    for (let number = 2; taken.has(name); number += 1) name = `${title}, ${number}`;
    taken.add(name);
    if (name !== title) distinct.set(widget.id, name);
  }
  return distinct;
}
