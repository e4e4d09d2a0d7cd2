import type { Registry } from "@/lib/api/types";
import { applicable, factsOf, metricsOf } from "@/lib/dashboards/applicable";
import type { DashboardFilter, WidgetQuestion } from "@/lib/dashboards/document";
import { OPERATORS } from "@/lib/dashboards/view";

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

/** The dimensions that conditions name, in the long and in the short form, however deep they lie. */
function namedIn(conditions: unknown, known: ReadonlySet<string>): string[] {
  if (Array.isArray(conditions)) return conditions.flatMap((part) => namedIn(part, known));
  if (typeof conditions !== "object" || conditions === null) return [];
  return Object.entries(conditions).flatMap(([key, value]) => {
    if (key === "dimension" && typeof value === "string") return [value];
    return known.has(key) ? [key] : namedIn(value, known);
  });
}

/** A question without those of its own filters that its figures cannot be told apart by: the server would not take it. */
export function withFittingFilters(query: WidgetQuestion, registry: Registry): WidgetQuestion {
  const { filters, ...rest } = query;
  if (!filters) return query;
  const facts = factsOf(registry.metrics);
  const list = listedFilters(filters);
  if (list) {
    const { fit, unfit } = applicable(list, rest, facts);
    if (unfit.length === 0) return query;
    const written = writtenFilters(fit);
    return written ? { ...rest, filters: written } : rest;
  }
  // Of a condition that is more than a list no part can be left out without its saying something else.
  const named = namedIn(filters, new Set(registry.dimensions.map(({ id }) => id)));
  const fits = metricsOf(rest).every((id) =>
    named.every((dimension) => facts(id)?.dimensions.includes(dimension) !== false),
  );
  return fits ? query : rest;
}
