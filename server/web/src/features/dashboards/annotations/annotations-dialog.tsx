import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { useToast } from "@/components/ui/use-toast";
import { messageOf } from "@/lib/api/error";
import type { Annotation, Store } from "@/lib/api/types";
import { formatRange } from "@/lib/format/date";
import { AnnotationForm } from "./annotation-form";
import { AnnotationRow } from "./annotation-row";
import { isOwnKind } from "./kinds";
import { annotationKey } from "./marks";
import { annotationsQuery, useCreateAnnotation, useDeleteAnnotation, type AnnotationsAsked } from "./queries";

interface AnnotationsDialogProps {
  asked: AnnotationsAsked;
  stores: readonly Store[];
  mayEdit: boolean;
  /** Whether it begins with a new one. */
  adding: boolean;
  onClose: () => void;
  returnTo?: (() => HTMLElement | null) | undefined;
}

/** What happened on the days that are looked at: to be read, noted down, changed and taken away. */
export default function AnnotationsDialog(props: AnnotationsDialogProps) {
  const { asked, stores, mayEdit, adding, onClose, returnTo } = props;
  const query = useQuery(annotationsQuery(asked));
  const [form, setForm] = useState<"new" | Annotation | null>(adding && mayEdit ? "new" : null);
  const list = useRef<HTMLDivElement>(null);
  const remove = useRemove(asked.workspaceId);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent returnTo={returnTo}>
        <div
          ref={list}
          tabIndex={-1}
          className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5 outline-none"
        >
          <DialogTitle className="pr-10">What happened</DialogTitle>
          <DialogDescription>
            {formatRange(asked.days)}. Charts over time show these days on their axis.
          </DialogDescription>
          {form ? (
            <AnnotationForm
              key={form === "new" ? form : annotationKey(form)}
              annotation={form === "new" ? null : form}
              workspaceId={asked.workspaceId}
              stores={stores}
              day={asked.days.to}
              onDone={() => {
                setForm(null);
                list.current?.focus();
              }}
              onCancel={() => {
                setForm(null);
                list.current?.focus();
              }}
            />
          ) : (
            mayEdit && (
              <Button className="self-start" onClick={() => setForm("new")}>
                <Plus aria-hidden /> Note something down
              </Button>
            )
          )}
          {query.data ? (
            query.data.length === 0 ? (
              <EmptyState title="Nothing is noted down for these days" className="py-6" />
            ) : (
              <ul className="divide-y border-t" aria-label="Annotations">
                {query.data.map((annotation) => (
                  <AnnotationRow
                    key={annotationKey(annotation)}
                    annotation={annotation}
                    store={stores.find(({ id }) => id === annotation.store_id)?.name}
                    mayEdit={mayEdit}
                    busy={remove.busy}
                    onEdit={() => setForm(annotation)}
                    onDelete={() => {
                      list.current?.focus();
                      remove.run(annotation);
                    }}
                  />
                ))}
              </ul>
            )
          ) : query.isError ? (
            <ErrorState
              title="They could not be loaded"
              error={query.error}
              onRetry={() => void query.refetch()}
            />
          ) : (
            <Skeleton className="h-24 w-full" />
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}

/** Deletes one at once, and puts it back for whoever says so. */
function useRemove(workspaceId: string) {
  const remove = useDeleteAnnotation();
  const create = useCreateAnnotation();
  const toast = useToast();
  const failed = (title: string, error: Error) =>
    toast.show({ tone: "bad", title, description: messageOf(error) });
  const putBack = ({ kind, store_id, title, body, first_day, last_day }: Annotation) => {
    if (!isOwnKind(kind)) return;
    const again = {
      workspace_id: workspaceId,
      store_id: store_id ?? null,
      kind,
      title,
      body,
      first_day,
      last_day,
    };
    create.mutate(again, { onError: (error) => failed(`“${title}” could not be put back`, error) });
  };
  return {
    busy: remove.isPending,
    run: (annotation: Annotation) => {
      const { id, title } = annotation;
      if (!id) return;
      remove.mutate(id, {
        onSuccess: () =>
          toast.show({
            title: `“${title}” is deleted`,
            action: { title: "Undo", run: () => putBack(annotation) },
          }),
        onError: (error) => failed(`“${title}” could not be deleted`, error),
      });
    },
  };
}
