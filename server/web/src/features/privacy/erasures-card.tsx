import { useQuery } from "@tanstack/react-query";
import { Eraser } from "lucide-react";
import { useEffect, useId, useRef } from "react";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, StaleNotice } from "@/components/ui/states";
import { useToast } from "@/components/ui/use-toast";
import type { Store } from "@/lib/api/types";
import { customersInWords } from "./customers";
import { ErasureRow } from "./erasure-row";
import { erasuresQuery, isWaiting } from "./queries";

interface ErasuresCardProps {
  stores: Store[];
  /** What is kept of a store is another than before. */
  onErased: (storeId: string) => void;
}

export function ErasuresCard({ stores, onErased }: ErasuresCardProps) {
  const id = useId();
  const query = useQuery(erasuresQuery);
  const toast = useToast();
  const waiting = useRef(new Set<string>());
  const nameOf = (storeId: string) => stores.find((store) => store.id === storeId)?.name;

  useEffect(() => {
    for (const erasure of query.data ?? []) {
      if (isWaiting(erasure)) {
        waiting.current.add(erasure.id);
      } else if (waiting.current.delete(erasure.id)) {
        toast.show({ title: `What was kept of ${customersInWords(erasure.customers)} is erased` });
        onErased(erasure.store_id);
      }
    }
  }, [query.data, toast, onErased]);

  return (
    <Card aria-labelledby={id} aria-busy={query.isPending}>
      <CardHeader className="pb-3">
        <CardTitle id={id}>Erasures</CardTitle>
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
            icon={<Eraser aria-hidden strokeWidth={1.5} />}
            title="Nobody was erased yet"
            className="pt-2"
          >
            What is asked for is listed here, with how far it is; never of whom.
          </EmptyState>
        ) : (
          <ul className="divide-y border-t">
            {query.data.map((erasure) => (
              <ErasureRow key={erasure.id} erasure={erasure} store={nameOf(erasure.store_id)} />
            ))}
          </ul>
        )
      ) : query.isError ? (
        <ErrorState
          title="The erasures could not be loaded"
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
