import { Pencil, Trash2 } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Annotation } from "@/lib/api/types";
import { formatRange } from "@/lib/format/date";
import { KIND_TITLES } from "./kinds";

interface AnnotationRowProps {
  annotation: Annotation;
  /** The name of the store that it is about; undefined for all. */
  store: string | undefined;
  mayEdit: boolean;
  busy: boolean;
  onEdit: () => void;
  onDelete: () => void;
}

export function AnnotationRow(props: AnnotationRowProps) {
  const { annotation, store, mayEdit, busy, onEdit, onDelete } = props;
  const { title, body, kind, automatic, first_day, last_day, created_by } = annotation;
  const facts = [
    formatRange({ from: first_day, to: last_day }),
    store ?? "All stores",
    automatic ? "found by Aloftly" : created_by?.name,
  ];
  return (
    <li className="flex items-start gap-2 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 font-medium break-words">{title}</span>
          <Badge>{KIND_TITLES[kind]}</Badge>
        </p>
        <p className="text-sm text-muted-foreground">{facts.filter(Boolean).join(" · ")}</p>
        {body && <p className="text-sm break-words">{body}</p>}
      </div>
      {mayEdit && !automatic && (
        <>
          <Button variant="ghost" size="icon-sm" aria-label={`Change “${title}”`} onClick={onEdit}>
            <Pencil aria-hidden />
          </Button>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Delete “${title}”`}
            disabled={busy}
            onClick={onDelete}
          >
            <Trash2 aria-hidden />
          </Button>
        </>
      )}
    </li>
  );
}
