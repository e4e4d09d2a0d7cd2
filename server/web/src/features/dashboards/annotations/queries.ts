import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { AnnotationChange, NewAnnotation } from "@/lib/api/types";
import type { DateRange } from "@/lib/dates";

const ANNOTATIONS = ["annotations"] as const;

export interface AnnotationsAsked {
  workspaceId: string;
  stores: readonly string[];
  days: DateRange;
}

/** What happened on some days in some stores, by the first day. */
export function annotationsQuery({ workspaceId, stores, days }: AnnotationsAsked) {
  const query = {
    workspace_id: workspaceId,
    store_ids: [...stores].sort().join(","),
    from: days.from,
    to: days.to,
  };
  return queryOptions({
    queryKey: [...ANNOTATIONS, query],
    queryFn: async ({ signal }) =>
      (await answer(api.GET("/api/annotations", { params: { query }, signal }))).annotations,
  });
}

function useReread() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ANNOTATIONS });
}

export function useCreateAnnotation() {
  return useMutation({
    mutationFn: (body: NewAnnotation) => answer(api.POST("/api/annotations", { body })),
    onSuccess: useReread(),
  });
}

export function useChangeAnnotation() {
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: AnnotationChange }) =>
      answer(api.PUT("/api/annotations/{id}", { params: { path: { id } }, body })),
    onSuccess: useReread(),
  });
}

export function useDeleteAnnotation() {
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/annotations/{id}", { params: { path: { id } } })),
    onSuccess: useReread(),
  });
}
