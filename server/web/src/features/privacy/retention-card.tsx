import { useQuery } from "@tanstack/react-query";
import { useId, useRef } from "react";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState, StaleNotice } from "@/components/ui/states";
import type { Store } from "@/lib/api/types";
import { retentionQuery, useSetRetention } from "./queries";
import { RetentionForm } from "./retention-form";

interface RetentionCardProps {
  organization: string;
  stores: Store[];
}

export function RetentionCard(props: RetentionCardProps) {
  const id = useId();
  const query = useQuery(retentionQuery);
  // Here, because what comes of it outlives the form.
  const save = useSetRetention();
  const card = useRef<HTMLElement>(null);
  return (
    <Card ref={card} tabIndex={-1} aria-labelledby={id} aria-busy={query.isPending} className="outline-none">
      <CardHeader>
        <div>
          <CardTitle id={id}>How long data are kept</CardTitle>
          <p className="text-sm text-muted-foreground">
            In all stores of {props.organization}. What is older is erased for good.
          </p>
        </div>
      </CardHeader>
      <CardContent>
        {query.data ? (
          <>
            {query.isError && (
              <StaleNotice
                error={query.error}
                busy={query.isFetching}
                onRetry={() => void query.refetch()}
                className="pb-3"
              />
            )}
            {/* Somebody else may have changed it meanwhile; then the form begins anew. */}
            <RetentionForm
              key={query.data.months}
              kept={query.data.months}
              save={save}
              card={() => card.current}
              {...props}
            />
          </>
        ) : query.isError ? (
          <ErrorState
            title="It could not be loaded"
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <div className="flex max-w-md flex-col gap-4">
            <span className="sr-only">Loading</span>
            <Skeleton className="h-9 w-full" />
            <Skeleton className="h-9 w-24" />
          </div>
        )}
      </CardContent>
    </Card>
  );
}
