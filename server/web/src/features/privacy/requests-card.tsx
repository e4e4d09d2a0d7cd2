import { useQuery } from "@tanstack/react-query";
import { MailQuestionMark } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, StaleNotice } from "@/components/ui/states";
import { providersQuery } from "@/lib/api/providers";
import type { CustomerRequest, Store } from "@/lib/api/types";
import { AnswerDialog } from "./answer-dialog";
import { requestsQuery } from "./queries";
import { AnsweredRequest, OpenRequest } from "./request-row";
import { sortOut } from "./requests";

/** Customers who asked, where they bought, what is kept of them. */
export function RequestsCard({ stores }: { stores: Store[] }) {
  const id = useId();
  const query = useQuery(requestsQuery);
  const card = useRef<HTMLElement>(null);
  return (
    <Card ref={card} tabIndex={-1} aria-labelledby={id} aria-busy={query.isPending} className="outline-none">
      <CardHeader className="pb-3">
        <div>
          <CardTitle id={id}>Requests of customers</CardTitle>
          <p className="text-sm text-muted-foreground">
            They asked what is known of them, and are to be told within 30 days.
          </p>
        </div>
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
          <EmptyState
            icon={<MailQuestionMark aria-hidden strokeWidth={1.5} />}
            title="Nobody has asked yet"
            className="pt-2"
          >
            Shops pass on what their customers ask, and it waits here until it is answered.
          </EmptyState>
        ) : (
          <Requests requests={query.data} stores={stores} card={() => card.current} />
        )
      ) : query.isError ? (
        <ErrorState
          title="The requests could not be loaded"
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
    </Card>
  );
}

interface RequestsProps {
  requests: CustomerRequest[];
  stores: Store[];
  /** Where to go on when a request is answered. */
  card: () => HTMLElement | null;
}

function Requests({ requests, stores, card }: RequestsProps) {
  const [answering, setAnswering] = useState<CustomerRequest | null>(null);
  const pressed = useRef<Element | null>(null);
  // What they are called is all that it is for: without it their ids stand there.
  const { data: providers } = useQuery(providersQuery);
  const { open, answered } = sortOut(requests);
  const about = (request: CustomerRequest) => ({
    request,
    store: stores.find((store) => store.id === request.store_id),
    provider: providers?.find((provider) => provider.id === request.provider)?.title ?? request.provider,
  });
  return (
    <>
      {open.length > 0 && (
        <ul aria-label="To be answered" className="divide-y border-t">
          {open.map((request) => (
            <OpenRequest
              key={request.id}
              {...about(request)}
              onAnswered={() => {
                pressed.current = document.activeElement;
                setAnswering(request);
              }}
            />
          ))}
        </ul>
      )}
      {answered.length > 0 && (
        <ul aria-label="Answered" className="divide-y border-t">
          {answered.map((request) => (
            <AnsweredRequest key={request.id} {...about(request)} />
          ))}
        </ul>
      )}
      {answering && (
        <AnswerDialog
          request={answering}
          onClose={() => setAnswering(null)}
          returnTo={() =>
            pressed.current instanceof HTMLElement && pressed.current.isConnected ? pressed.current : card()
          }
        />
      )}
    </>
  );
}
