import { useState } from "react";
import type { Annotation } from "@/lib/api/types";
import { isOwnKind } from "./kinds";
import { useCreateAnnotation, useDeleteAnnotation } from "./queries";

export interface Removing {
  busy: boolean;
  /** What was deleted last, and can be put back. */
  removed: Annotation | null;
  error: Error | null;
  run: (annotation: Annotation) => void;
  putBack: () => void;
}

/** Deletes an annotation at once, and puts it back for whoever says so. */
export function useRemoving(workspaceId: string): Removing {
  const remove = useDeleteAnnotation();
  const create = useCreateAnnotation();
  const [removed, setRemoved] = useState<Annotation | null>(null);
  const { error: notRemoved } = remove;
  const { error: notPutBack } = create;
  return {
    busy: remove.isPending || create.isPending,
    removed,
    error: notRemoved ?? notPutBack,
    run: (annotation) => {
      create.reset();
      if (annotation.id) remove.mutate(annotation.id, { onSuccess: () => setRemoved(annotation) });
    },
    putBack: () => {
      if (!removed || !isOwnKind(removed.kind)) return;
      const { kind, store_id, title, body, first_day, last_day } = removed;
      create.mutate(
        { workspace_id: workspaceId, store_id: store_id ?? null, kind, title, body, first_day, last_day },
        { onSuccess: () => setRemoved(null) },
      );
    },
  };
}
