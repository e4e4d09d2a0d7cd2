import type { QueryRequest } from "@/lib/api/types";
import type { FactsOf } from "@/lib/dashboards/applicable";
import type { DashboardDocument, DashboardView, Widget } from "@/lib/dashboards/document";
import { resolve } from "@/lib/dashboards/resolve";
import { trendQuestion } from "@/lib/dashboards/trend";

function hasLines({ kind, display }: Widget): boolean {
  return kind === "table" && (display.columns ?? []).some(({ sparkline }) => sparkline === true);
}

/** All that a link answers, by what it is asked for: what its widgets ask, and the small lines of its tables. */
export function answeredQuestions(
  document: DashboardDocument,
  view: DashboardView,
  facts: FactsOf,
): Map<string, QueryRequest> {
  const questions = resolve(document, view, facts);
  for (const widget of document.sections.flatMap(({ widgets }) => widgets)) {
    const question = questions.get(widget.id);
    if (question && hasLines(widget)) questions.set(`${widget.id}:trend`, trendQuestion(question));
  }
  return questions;
}
