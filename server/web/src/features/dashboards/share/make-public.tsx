import { Button } from "@/components/ui/button";
import { DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Refusal } from "@/components/ui/refusal";
import type { Dashboard } from "@/lib/dashboards/document";
import { useChangeDashboard } from "../queries";

/** What is not public is shown by no link. */
export function MakePublic({ dashboard }: { dashboard: Dashboard }) {
  const change = useChangeDashboard(dashboard);
  const isPrivate = dashboard.visibility === "private";
  return (
    <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5">
      <DialogTitle className="pr-10">Share {dashboard.name}</DialogTitle>
      <DialogDescription>
        {isPrivate ? "You alone see this dashboard." : "Whoever sees its workspace sees this dashboard."} To
        show it to others by links it has to be public. Its links show nothing while it is not.
      </DialogDescription>
      {change.error && <Refusal error={change.error} />}
      {dashboard.may.edit ? (
        <Button
          variant="primary"
          className="self-end"
          disabled={change.isPending}
          onClick={() => change.mutate({ visibility: "public" })}
        >
          {change.isPending ? "Changing…" : "Make it public"}
        </Button>
      ) : (
        <p className="text-sm text-muted-foreground">Ask somebody who edits it to make it public.</p>
      )}
    </div>
  );
}
