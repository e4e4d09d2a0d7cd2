import { Check, CloudOff, LoaderCircle, TriangleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/lib/api/error";
import { useSaveState } from "./editor-context";
import type { EditorStore } from "./store";

/** How far what was changed is kept. */
export function SaveNote({ store }: { store: EditorStore }) {
  const state = useSaveState(store);
  const again = (
    <Button variant="link" size="inline" onClick={() => void store.saving.retry()}>
      Try now
    </Button>
  );
  return (
    <div
      role="status"
      className="flex min-w-0 flex-wrap items-center gap-x-2 text-sm [&_svg]:size-4 [&_svg]:shrink-0"
    >
      {state.phase === "saved" && (
        <span className="inline-flex items-center gap-1.5 text-muted-foreground">
          <Check aria-hidden /> Saved
        </span>
      )}
      {(state.phase === "waiting" || state.phase === "saving") && (
        <span className="inline-flex items-center gap-1.5 text-muted-foreground">
          <LoaderCircle aria-hidden /> Saving…
        </span>
      )}
      {state.phase === "away" && (
        <>
          <span className="inline-flex items-center gap-1.5 text-warn" title={messageOf(state.error)}>
            <CloudOff aria-hidden /> Not saved yet, and kept here
          </span>
          {again}
        </>
      )}
      {state.phase === "refused" && (
        <>
          <span className="inline-flex min-w-0 items-center gap-1.5 text-bad">
            <TriangleAlert aria-hidden /> Not saved: {messageOf(state.error)}
          </span>
          {again}
        </>
      )}
      {state.phase === "conflict" && (
        <span className="inline-flex items-center gap-1.5 text-warn">
          <TriangleAlert aria-hidden /> Changed by somebody else
        </span>
      )}
    </div>
  );
}
