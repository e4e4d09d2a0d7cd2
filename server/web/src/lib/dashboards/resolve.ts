import type { QueryRequest } from "@/lib/api/types";
import { daysIn } from "@/lib/dates";
import { parseRange, type TimeRange } from "@/lib/metrics/range";
import { applicable, canHaveHours, type FactsOf } from "./applicable";
import type { DashboardDocument, DashboardView, Widget, WidgetQuestion } from "./document";

type Asked = NonNullable<QueryRequest["granularity"]>;

/** As many rows as an answer may have. A chart without its last days would be a wrong one; a table says that it goes on. */
const MOST_ROWS = 10_000;

/** The length of buckets that suits a range, by its name whatever the calendar says. */
function automatic(range: TimeRange): Asked {
  if (typeof range === "string") {
    if (range === "today" || range === "yesterday") return "hour";
    if (range === "year_to_date" || range === "last_12_months") return "week";
    return range === "all_time" ? "month" : "day";
  }
  const days = daysIn(range);
  if (days <= 2) return "hour";
  if (days <= 92) return "day";
  return days <= 731 ? "week" : "month";
}

/** Hours where all figures of a question have them, else days. */
function possible(length: Asked, question: WidgetQuestion | QueryRequest, facts: FactsOf): Asked {
  return length === "hour" && !canHaveHours(question, facts) ? "day" : length;
}

/** Stores in several zones have no hours in common, unless somebody says whose are meant. */
function withoutHours(length: Asked): Asked {
  return length === "hour" ? "day" : length;
}

/** The length of buckets that suits a range, of days or more. */
export function automaticDays(range: TimeRange): Asked {
  return withoutHours(automatic(range));
}

function granularityOf(
  question: WidgetQuestion,
  range: TimeRange,
  view: DashboardView,
  facts: FactsOf,
): Asked | null {
  const { granularity } = question;
  if (granularity === undefined || granularity === null || granularity === "none") return null;
  const suited = view.timezone === undefined ? automatic(range) : automaticDays(range);
  return possible(granularity === "auto" ? suited : granularity, question, facts);
}

function filtersOf(widget: Widget, question: WidgetQuestion, view: DashboardView, facts: FactsOf) {
  const own = question.filters;
  const hasOwn = own !== undefined && own !== null && Object.keys(own).length > 0;
  const added = widget.own.filters === "ignore" ? [] : applicable(view.filters, question, facts).fit;
  if (added.length === 0) return hasOwn ? own : null;
  return { and: [...(hasOwn ? [own] : []), ...added] };
}

function theRestOf(query: WidgetQuestion): Omit<WidgetQuestion, "granularity" | "filters"> {
  const rest = { ...query };
  delete rest.granularity;
  delete rest.filters;
  return rest;
}

/**
 * What a widget asks: its own question, of the time, the stores and the rows that it or the view says. Null where it asks
 * nothing. The server works out the same for whoever has a link: `fixtures/dashboards/resolve.json` holds both to it.
 */
export function resolveWidget(widget: Widget, view: DashboardView, facts: FactsOf): QueryRequest | null {
  if (widget.query === null) return null;
  const question = theRestOf(widget.query);
  const range = parseRange(widget.own.range ?? view.range);
  if (range === undefined) return null;
  const compare = widget.own.compare ?? view.compare;
  const isCompared = compare !== "none" && !(range === "all_time" && compare === "previous_period");
  const granularity = granularityOf(widget.query, range, view, facts);
  const filters = filtersOf(widget, widget.query, view, facts);
  return {
    ...question,
    stores: widget.own.stores ?? view.stores,
    time_range: range,
    ...(granularity && {
      granularity,
      fill: question.fill ?? true,
      ...(widget.kind !== "table" && { limit: question.limit ?? MOST_ROWS }),
    }),
    ...(granularity === "hour" && view.timezone && { timezone: view.timezone }),
    ...(view.week_start && { week_start: question.week_start ?? view.week_start }),
    ...(isCompared && { compare_to: compare }),
    ...(view.currency !== null && { currency: view.currency }),
    ...(filters && { filters }),
  };
}

/** What all widgets of a dashboard ask, by their ids; those that ask nothing are not among them. */
export function resolve(
  document: DashboardDocument,
  view: DashboardView,
  facts: FactsOf,
): Map<string, QueryRequest> {
  const widgets = document.sections.flatMap((section) => section.widgets);
  const questions = widgets.map((widget) => [widget.id, resolveWidget(widget, view, facts)] as const);
  return new Map(questions.filter((entry): entry is [string, QueryRequest] => entry[1] !== null));
}

/** The dimensions of the view's filters that do not hold for a widget. */
export function unfitFilters(widget: Widget, view: DashboardView, facts: FactsOf): string[] {
  if (widget.query === null || widget.own.filters === "ignore") return [];
  const { unfit } = applicable(view.filters, widget.query, facts);
  return [...new Set(unfit.map(({ dimension }) => dimension))];
}
