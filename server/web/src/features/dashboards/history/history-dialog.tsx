import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Refusal } from "@/components/ui/refusal";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/use-toast";
import { cn } from "@/lib/cn";
import type { Revision } from "@/lib/api/types";
import type { Dashboard, DashboardDocument } from "@/lib/dashboards/document";
import { historyQuery, revisionQuery, useRestore } from "../queries";

interface HistoryDialogProps {
  dashboard: Dashboard;
  /** Draws what a dashboard was. */
  preview: (document: DashboardDocument) => ReactNode;
  onClose: () => void;
  returnTo?: (() => HTMLElement | null) | undefined;
}

/** What a dashboard was and who made it so, to be looked at and brought back. */
export default function HistoryDialog({ dashboard, preview, onClose, returnTo }: HistoryDialogProps) {
  const history = useInfiniteQuery(historyQuery(dashboard.id));
  const [wanted, setWanted] = useState<string | null>(null);
  const restore = useRestore(dashboard);
  const toast = useToast();
  const revisions = history.data ?? [];
  const chosen = revisions.find(({ id }) => id === wanted) ?? revisions[0];
  const isCurrent = chosen?.revision === dashboard.revision;
  const bringBack = ({ id }: Revision) =>
    restore.mutate(id, {
      onSuccess: () => {
        toast.show({
          title: "The dashboard is as it was",
          description: "What it was until now is in its history.",
        });
        onClose();
      },
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent className="max-w-6xl" returnTo={returnTo}>
        <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5 lg:overflow-hidden">
          <div>
            <DialogTitle className="pr-10">History of {dashboard.name}</DialogTitle>
            <DialogDescription>What one person changed within ten minutes is one entry.</DialogDescription>
          </div>
          {history.isError && !history.data ? (
            <ErrorState
              title="The history could not be loaded"
              error={history.error}
              onRetry={() => void history.refetch()}
            />
          ) : history.data ? (
            <div className="flex min-h-0 flex-col gap-4 lg:flex-row">
              <div className="flex max-h-56 shrink-0 flex-col gap-2 overflow-y-auto lg:max-h-[62vh] lg:w-60">
                <ol aria-label="What it was" className="flex flex-col gap-0.5">
                  {revisions.map((revision) => (
                    <Entry
                      key={revision.id}
                      revision={revision}
                      current={revision.revision === dashboard.revision}
                      chosen={revision === chosen}
                      onChoose={() => {
                        setWanted(revision.id);
                        restore.reset();
                      }}
                    />
                  ))}
                </ol>
                {history.hasNextPage && (
                  <Button
                    size="sm"
                    disabled={history.isFetchingNextPage}
                    onClick={() => void history.fetchNextPage()}
                  >
                    Show more
                  </Button>
                )}
              </div>
              <div className="flex min-h-0 min-w-0 flex-1 flex-col gap-3">
                {chosen && !isCurrent && dashboard.may.edit && (
                  <div className="flex flex-wrap items-center gap-3">
                    <Button variant="primary" disabled={restore.isPending} onClick={() => bringBack(chosen)}>
                      Bring this back
                    </Button>
                    {restore.error && <Refusal error={restore.error} />}
                  </div>
                )}
                {chosen && <Preview dashboardId={dashboard.id} revision={chosen} preview={preview} />}
              </div>
            </div>
          ) : (
            <Skeleton className="h-72 w-full" />
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}

interface EntryProps {
  revision: Revision;
  current: boolean;
  chosen: boolean;
  onChoose: () => void;
}

function Entry({ revision, current, chosen, onChoose }: EntryProps) {
  return (
    <li>
      <button
        type="button"
        aria-pressed={chosen}
        onClick={onChoose}
        className={cn("w-full rounded-md px-3 py-1.5 text-left hover:bg-muted", chosen && "bg-accent-soft")}
      >
        <span className={cn("block", chosen && "font-medium text-accent")}>
          <Time instant={revision.saved_at} />
        </span>
        <span className="block truncate text-sm text-muted-foreground">
          {[revision.saved_by?.name ?? "Somebody who left", current && "as it is now"]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </button>
    </li>
  );
}

interface PreviewProps {
  dashboardId: string;
  revision: Revision;
  preview: (document: DashboardDocument) => ReactNode;
}

function Preview({ dashboardId, revision, preview }: PreviewProps) {
  const query = useQuery(revisionQuery(dashboardId, revision.id));
  if (query.isError && !query.data) {
    return (
      <ErrorState title="It could not be loaded" error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  if (!query.data) return <Skeleton className="h-64 w-full" />;
  return (
    <section
      aria-label={`What ${query.data.name} was`}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="min-h-64 overflow-y-auto rounded-lg border bg-background p-3 lg:max-h-[56vh]"
    >
      {preview(query.data.document)}
    </section>
  );
}
