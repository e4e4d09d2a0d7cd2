import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Refusal } from "@/components/ui/refusal";
import { Ago } from "@/components/ui/time";
import type { Dashboard } from "@/lib/dashboards/document";
import { useCreateDashboard } from "../queries";
import { copyName } from "../use-duplicate";
import { useSaveState } from "./editor-context";
import type { EditorStore } from "./store";

interface ConflictDialogProps {
  store: EditorStore;
  /** Goes on with a dashboard that was made of one's own changes. */
  onCopy: (copy: Dashboard) => void;
}

/** Somebody else has saved meanwhile: one of the two goes on, or both do. */
export function ConflictDialog({ store, onCopy }: ConflictDialogProps) {
  const state = useSaveState(store);
  return state.phase === "conflict" ? (
    <Conflict key={state.theirs.revision} store={store} theirs={state.theirs} onCopy={onCopy} />
  ) : null;
}

function Conflict({ store, theirs, onCopy }: ConflictDialogProps & { theirs: Dashboard }) {
  const copy = useCreateDashboard();
  const [busy, setBusy] = useState(false);
  const who = theirs.updated_by?.name ?? "Somebody";
  const { name, document } = store.current().content;
  const keepBoth = () =>
    copy.mutate(
      { workspace_id: theirs.workspace_id, name: copyName(name), visibility: "private", document },
      {
        onSuccess: (made) => {
          store.takeTheirs(theirs);
          onCopy(made);
        },
      },
    );
  const waiting = busy || copy.isPending;
  return (
    <Dialog open>
      <DialogContent className="max-w-lg" closable={false}>
        <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5">
          <DialogTitle>{who} changed it, too</DialogTitle>
          <DialogDescription>
            {who} saved this dashboard <Ago instant={theirs.updated_at} />, after you began. Whatever you
            choose, nothing is lost: what was saved before is in its history.
          </DialogDescription>
          {copy.error && <Refusal error={copy.error} />}
          <div className="flex flex-col gap-2">
            <Button
              variant="primary"
              disabled={waiting}
              onClick={() => {
                setBusy(true);
                void store.keepMine();
              }}
            >
              Keep mine
            </Button>
            <Button disabled={waiting} onClick={() => store.takeTheirs(theirs)}>
              Take theirs
            </Button>
            <Button disabled={waiting} onClick={keepBoth}>
              Keep mine as a copy that only you see
            </Button>
          </div>
        </div>
      </DialogContent>
    </Dialog>
  );
}
