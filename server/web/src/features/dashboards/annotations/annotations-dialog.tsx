import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import type { Annotation, Store } from "@/lib/api/types";
import { formatRange } from "@/lib/format/date";
import { AnnotationForm } from "./annotation-form";
import { AnnotationRow } from "./annotation-row";
import { annotationKey } from "./marks";
import { annotationsQuery, type AnnotationsAsked } from "./queries";
import { RemovedNote } from "./removed-note";
import { useRemoving } from "./use-removing";

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
  const removing = useRemoving(asked.workspaceId);
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
          <RemovedNote removing={removing} />
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
                    busy={removing.busy}
                    onEdit={() => setForm(annotation)}
                    onDelete={() => {
                      list.current?.focus();
                      removing.run(annotation);
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
