import { useQuery } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, StaleNotice } from "@/components/ui/states";
import { useToast } from "@/components/ui/use-toast";
import { sessionsQuery, useEndOtherSessions } from "./queries";
import { SessionRow } from "./session-row";

export function SessionsCard() {
  const id = useId();
  const query = useQuery(sessionsQuery);
  const endOthers = useEndOtherSessions();
  const toast = useToast();
  const card = useRef<HTMLElement>(null);
  const [asked, setAsked] = useState(false);
  const ended = useRef(false);
  // The button that was pressed goes with what it ended; the list is where one goes on.
  const goOn = () => card.current?.focus();
  return (
    <Card ref={card} tabIndex={-1} aria-labelledby={id} aria-busy={query.isPending} className="outline-none">
      <CardHeader className="pb-3">
        <div>
          <CardTitle id={id}>Where you are signed in</CardTitle>
          <p className="text-sm text-muted-foreground">
            End a session that you do not know, and change your password.
          </p>
        </div>
        {query.data?.some((session) => !session.is_current) && (
          <Button
            size="sm"
            onClick={() => {
              endOthers.reset();
              ended.current = false;
              setAsked(true);
            }}
          >
            End all others
          </Button>
        )}
      </CardHeader>
      {query.isError && query.data && (
        <StaleNotice
          title="The list could not be brought up to date"
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
          className="px-4 pb-3 sm:px-5"
        />
      )}
      {query.data ? (
        query.data.length === 0 ? (
          <EmptyState title="You are signed in nowhere" />
        ) : (
          <ul className="divide-y border-t">
            {query.data.map((session) => (
              <SessionRow key={session.id} session={session} onEnded={goOn} />
            ))}
          </ul>
        )
      ) : query.isError ? (
        <ErrorState
          title="The sessions could not be loaded"
          error={query.error}
          onRetry={() => void query.refetch()}
          className="p-5 pt-2"
        />
      ) : (
        <div className="flex flex-col gap-4 p-5 pt-2">
          <span className="sr-only">Loading</span>
          <Skeleton className="h-10 w-full" />
          <Skeleton className="h-10 w-full" />
        </div>
      )}
      {asked && (
        <ConfirmDialog
          title="End all other sessions?"
          action="End them"
          busy={endOthers.isPending}
          error={endOthers.error}
          onConfirm={() =>
            endOthers.mutate(undefined, {
              onSuccess: ({ ended: count }) => {
                ended.current = true;
                toast.show({ title: count === 1 ? "1 session was ended" : `${count} sessions were ended` });
                setAsked(false);
              },
            })
          }
          returnTo={() => (ended.current ? card.current : null)}
          onClose={() => {
            endOthers.reset();
            setAsked(false);
          }}
        >
          Every browser but this one, and every program, has to sign in again, on all of your devices and in
          all of your organisations.
        </ConfirmDialog>
      )}
    </Card>
  );
}
