import type { WidgetKind, WidgetQuestion } from "./document";

/** The kinds of widgets that are about one source, which have a question of their own. */
export type SourceKind = Extract<WidgetKind, "reviews" | "experiment" | "survey" | "sentiment">;

/** What widgets ask that are about one source, unless somebody has them ask something else. */
export const STANDARD_QUESTIONS: Record<SourceKind, WidgetQuestion> = {
  reviews: { metrics: ["judgeme.rating", "judgeme.reviews"], group_by: ["rating"] },
  experiment: {
    metrics: [
      "intelligems.visitors",
      "intelligems.conversion_rate",
      "intelligems.revenue_per_visitor",
      "intelligems.uplift",
      "intelligems.probability_to_be_best",
    ],
    group_by: ["experiment", "variant"],
    order_by: [{ field: "intelligems.visitors", direction: "desc" }],
  },
  survey: {
    metrics: ["knocommerce.answers", "knocommerce.respondents"],
    group_by: ["question", "answer"],
    order_by: [{ field: "knocommerce.answers", direction: "desc" }],
  },
  sentiment: { metrics: ["gorgias.csat"], granularity: "auto" },
};

/** The source that a kind of widget is about. */
export const SOURCE_OF: Record<SourceKind, string> = {
  reviews: "judgeme",
  experiment: "intelligems",
  survey: "knocommerce",
  sentiment: "gorgias",
};

export function isSourceKind(kind: WidgetKind): kind is SourceKind {
  return kind in STANDARD_QUESTIONS;
}
