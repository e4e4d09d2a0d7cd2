import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState, StaleNotice } from "@/components/ui/states";
import type { Account } from "@/lib/api/types";
import { accountQuery } from "./queries";

/** What needs to know the account, once it is known. */
interface AccountLoaderProps {
  /** What is shown of it, as the start of a sentence. */
  title: string;
  children: (account: Account) => ReactNode;
}

export function AccountLoader({ title, children }: AccountLoaderProps) {
  const query = useQuery(accountQuery);
  if (query.data) {
    return (
      <>
        {query.isError && (
          <StaleNotice error={query.error} busy={query.isFetching} onRetry={() => void query.refetch()} />
        )}
        {children(query.data)}
      </>
    );
  }
  return (
    <Card aria-label={title} aria-busy={query.isPending} className="p-5">
      {query.isError ? (
        <ErrorState
          title={`${title} could not be loaded`}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <div className="flex flex-col gap-3">
          <span className="sr-only">Loading</span>
          <Skeleton className="h-5 w-32" />
          <Skeleton className="h-9 w-64" />
          <Skeleton className="h-9 w-28" />
        </div>
      )}
    </Card>
  );
}
