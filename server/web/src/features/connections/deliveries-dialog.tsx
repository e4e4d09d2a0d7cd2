import { useInfiniteQuery } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Refusal } from "@/components/ui/refusal";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, StaleNotice } from "@/components/ui/states";
import { useToast } from "@/components/ui/use-toast";
import { messagesOf } from "./deliveries";
import { deliveriesQuery, useReplay } from "./delivery-queries";
import { DeliveryRow } from "./delivery-row";
import type { Source } from "./states";

/** What is tried again takes a moment, and what fails again is back then. */
const POLL_MS = 5000;

interface DeliveriesDialogProps {
  source: Source;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

/** The messages of a provider that could not be used: looked at, tried again, discarded. */
export function DeliveriesDialog({ source, onClose, returnTo }: DeliveriesDialogProps) {
  const { connection, title } = source;
  const [tried, setTried] = useState(false);
  const toast = useToast();
  const onTried = (count: number) => {
    setTried(true);
    const are = count === 1 ? "is" : "are";
    toast.show({
      title: count === 0 ? "Nothing was left to try" : `${messagesOf(count)} ${are} tried again`,
    });
  };
  const query = useInfiniteQuery({
    ...deliveriesQuery(connection.id),
    refetchInterval: tried && POLL_MS,
  });
  const all = useReplay(connection, onTried);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent className="max-w-2xl" returnTo={returnTo}>
        <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-3 p-5 pb-4">
          <div className="min-w-0 flex-1 basis-64">
            <DialogTitle className="pr-10">Messages from {title}</DialogTitle>
            <DialogDescription>
              These could not be used. They wait here until they are tried again or discarded.
            </DialogDescription>
          </div>
          {query.data && query.data.length > 1 && (
            <Button
              size="sm"
              aria-disabled={all.isPending}
              onClick={() => {
                if (!all.isPending) all.mutate(null);
              }}
            >
              {all.isPending ? "Asking…" : "Try all again"}
            </Button>
          )}
        </div>
        {all.error && <Refusal error={all.error} className="mx-5 mb-4" />}
        <div className="min-h-0 overflow-y-auto border-t" aria-busy={query.isPending}>
          {query.isError && query.data && (
            <StaleNotice
              title={
                query.isFetchNextPageError
                  ? "Older messages could not be loaded"
                  : "The list could not be brought up to date"
              }
              error={query.error}
              busy={query.isFetching}
              onRetry={() => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())}
              className="px-5 pt-3"
            />
          )}
          {query.data ? (
            query.data.length === 0 ? (
              <EmptyState icon={<Inbox aria-hidden strokeWidth={1.5} />} title="No message is left">
                What is tried again and cannot be used once more comes back here.
              </EmptyState>
            ) : (
              <ul aria-label={`Messages from ${title}`} className="divide-y">
                {query.data.map((delivery) => (
                  <DeliveryRow
                    key={delivery.id}
                    delivery={delivery}
                    connection={connection}
                    onTried={onTried}
                  />
                ))}
              </ul>
            )
          ) : query.isError ? (
            <ErrorState
              title="The messages could not be loaded"
              error={query.error}
              onRetry={() => void query.refetch()}
              className="p-5"
            />
          ) : (
            <div className="flex flex-col gap-4 p-5">
              <span className="sr-only">Loading</span>
              <Skeleton className="h-14 w-full" />
              <Skeleton className="h-14 w-full" />
            </div>
          )}
          {query.hasNextPage && (
            <div className="flex justify-center border-t p-3">
              <Button
                size="sm"
                // Not `disabled`, which would take the focus away from it.
                aria-disabled={query.isFetchingNextPage}
                onClick={() => {
                  if (!query.isFetchingNextPage) void query.fetchNextPage();
                }}
              >
                {query.isFetchingNextPage ? "Loading…" : "Show more"}
              </Button>
            </div>
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}
