import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState, StaleNotice } from "@/components/ui/states";
import type { Integration, Provider } from "@/lib/api/types";

interface ListStatesProps {
  providers: UseQueryResult<Provider[]>;
  connections: UseQueryResult<Integration[]>;
  /** The list, once both are there. */
  children: ReactNode;
}

/** What is shown of the list while it loads, and where it fails. */
export function ListStates({ providers, connections, children }: ListStatesProps) {
  const failed = connections.isError ? connections : providers.isError ? providers : null;
  const retry = () => {
    for (const query of [providers, connections]) if (query.isError) void query.refetch();
  };
  if (providers.data && connections.data) {
    return (
      <>
        {failed?.error && (
          <StaleNotice
            title="The list could not be brought up to date"
            error={failed.error}
            busy={failed.isFetching}
            onRetry={retry}
          />
        )}
        {children}
      </>
    );
  }
  return (
    <Card aria-label="Connections" aria-busy={!failed}>
      {failed?.error ? (
        <ErrorState
          title="The connections could not be loaded"
          error={failed.error}
          onRetry={retry}
          className="p-5"
        />
      ) : (
        <div className="flex flex-col gap-4 p-5">
          <span className="sr-only">Loading</span>
          <Skeleton className="h-6 w-44" />
          <Skeleton className="h-14 w-full" />
          <Skeleton className="h-14 w-full" />
        </div>
      )}
    </Card>
  );
}
