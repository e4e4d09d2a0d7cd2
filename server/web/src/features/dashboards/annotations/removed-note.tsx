import { Button } from "@/components/ui/button";
import { Refusal } from "@/components/ui/refusal";
import type { Removing } from "./use-removing";

/** What was deleted last, and the way back: within the dialog, behind which nothing can be pressed. */
export function RemovedNote({ removing: { removed, busy, error, putBack } }: { removing: Removing }) {
  return (
    <>
      <div role="status" className="empty:hidden">
        {removed && (
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-muted px-3 py-2">
            “{removed.title}” is deleted.
            <Button variant="link" size="inline" disabled={busy} onClick={putBack}>
              Undo
            </Button>
          </p>
        )}
      </div>
      {error && <Refusal error={error} />}
    </>
  );
}
