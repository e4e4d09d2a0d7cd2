import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { ApiError } from "@/lib/api/error";
import type { QueryRequest } from "@/lib/api/types";
import { SharedSource, type Days } from "./source";
import type { Visit } from "./visit";

/** How often a link is asked for newer figures while it is looked at: it is told no news. */
const EVERY = 30_000;

interface Figures {
  visit: Visit;
  days: Days;
  revision: number;
  questions: ReadonlyMap<string, QueryRequest>;
  onRefused: (error: ApiError) => void;
}

/** Where the widgets of a link get their answers, which are kept fresh. */
export function useSharedFigures({ visit, days, revision, questions, onRefused }: Figures): SharedSource {
  const source = useMemo(
    () => new SharedSource({ visit, days, revision, questions, onRefused }),
    [visit, days, revision, questions, onRefused],
  );
  const queries = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void queries.invalidateQueries({ queryKey: source.key });
    }, EVERY);
    return () => clearInterval(timer);
  }, [queries, source]);
  return source;
}
