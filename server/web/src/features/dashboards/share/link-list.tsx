import { useQuery } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { Button } from "@/components/ui/button";
import { DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import type { Share, Store } from "@/lib/api/types";
import type { Dashboard } from "@/lib/dashboards/document";
import { sharesQuery } from "./queries";
import { ShareRow } from "./share-row";

interface LinkListProps {
  dashboard: Dashboard;
  stores: readonly Store[];
  onNew: () => void;
  onChange: (share: Share) => void;
  onRevoke: (share: Share) => void;
}

/** The links to a dashboard that one made; to admins everybody's. */
export function LinkList({ dashboard, stores, onNew, onChange, onRevoke }: LinkListProps) {
  const { data: shares, error, isPending, refetch } = useQuery(sharesQuery(dashboard.id));
  const namesOf = ({ store_ids: ids }: Share) =>
    stores.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  return (
    <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5" aria-busy={isPending}>
      <DialogTitle className="pr-10">Share {dashboard.name}</DialogTitle>
      <DialogDescription>
        Whoever has a link sees this dashboard and nothing else, without an account.
      </DialogDescription>
      {shares ? (
        shares.length === 0 ? (
          <EmptyState icon={<Link2 aria-hidden strokeWidth={1.5} />} title="There is no link yet" />
        ) : (
          <ul className="divide-y" aria-label="Links">
            {shares.map((share) => (
              <ShareRow
                key={share.id}
                share={share}
                stores={namesOf(share)}
                onChange={() => onChange(share)}
                onRevoke={() => onRevoke(share)}
              />
            ))}
          </ul>
        )
      ) : error ? (
        <ErrorState title="The links could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <span className="sr-only">Loading</span>
          <Skeleton className="h-16 w-full" />
        </>
      )}
      <Button variant="primary" className="self-end" onClick={onNew}>
        <Link2 aria-hidden /> New link
      </Button>
    </div>
  );
}
