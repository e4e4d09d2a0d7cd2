import type { Registry } from "@/lib/api/types";

/** What the operators of the metrics language say, between a dimension's name and values. */
export const OPERATOR_WORDS: Record<string, string> = {
  equals: "is",
  notEquals: "is not",
  contains: "contains",
  notContains: "does not contain",
  startsWith: "begins with",
  endsWith: "ends with",
  in: "is",
  notIn: "is none of",
  gt: "is more than",
  gte: "is at least",
  lt: "is less than",
  lte: "is at most",
  set: "is known",
  notSet: "is not known",
};

function named(id: string, registry: Registry | undefined): string {
  const known = [...(registry?.dimensions ?? []), ...(registry?.metrics ?? [])].find((one) => one.id === id);
  return known?.title ?? id;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(values: unknown): string {
  const texts = (Array.isArray(values) ? values : [values]).map(String);
  const last = texts.at(-1) ?? "";
  return texts.length > 1 ? `${texts.slice(0, -1).join(", ")} or ${last}` : last;
}

/** A query's filters as people would say them: one text for each condition that must hold. */
export function filterWords(filters: unknown, registry: Registry | undefined): string[] {
  if (!isRecord(filters)) return [];
  if (Array.isArray(filters.and)) return filters.and.flatMap((part) => filterWords(part, registry));
  if (Array.isArray(filters.or)) {
    const parts = filters.or.map((part) => filterWords(part, registry).join(" and "));
    return [parts.join(", or ")];
  }
  if (filters.not !== undefined) return [`not: ${filterWords(filters.not, registry).join(" and ")}`];
  const about = filters.dimension ?? filters.metric;
  if (typeof about === "string" && typeof filters.operator === "string") {
    const words = OPERATOR_WORDS[filters.operator] ?? filters.operator;
    const values =
      filters.operator === "set" || filters.operator === "notSet" ? "" : ` ${listOf(filters.values)}`;
    return [`${named(about, registry)} ${words}${values}`];
  }
  // The short form: a value, or several, by the dimension's name.
  return Object.entries(filters).map(([id, values]) => `${named(id, registry)} is ${listOf(values)}`);
}
