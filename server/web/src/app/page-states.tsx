import { Link, type ErrorComponentProps } from "@tanstack/react-router";
import { LogoMark } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { usePageTitle } from "@/lib/page-title";

export function PageNotFound() {
  usePageTitle("Page not found");
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center">
      <LogoMark />
      <h1 className="sr-only">Page not found</h1>
      <EmptyState
        title="There is no such page"
        action={
          <Button asChild>
            <Link to="/">Go to the overview</Link>
          </Button>
        }
      >
        The address may be mistyped, or the page is gone.
      </EmptyState>
    </main>
  );
}

/** For what breaks a whole page, such as a server that is away. */
export function PageError({ error, reset }: ErrorComponentProps) {
  usePageTitle("Not loaded");
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 px-4">
      <LogoMark />
      <ErrorState
        title="The page could not be loaded"
        error={error instanceof Error ? error : new Error(String(error))}
        onRetry={() => {
          reset();
          window.location.reload();
        }}
        className="max-w-md items-center text-center"
      />
    </main>
  );
}

/** Has the shape of the overview, which is what is mostly waited for. */
export function PagePending() {
  return (
    <div aria-busy>
      <span className="sr-only">Loading</span>
      <div className="border-b bg-card">
        <div className="mx-auto flex h-21 w-full max-w-7xl items-start gap-3 px-3 py-2 sm:h-12 sm:px-6">
          <LogoMark />
          <Skeleton className="h-8 w-36 sm:w-44" />
          <Skeleton className="ml-auto h-8 w-24 sm:w-28" />
        </div>
      </div>
      <div className="mx-auto flex w-full max-w-7xl flex-col gap-4 px-3 py-5 sm:px-6 sm:py-6">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Skeleton className="h-7 w-28" />
          <Skeleton className="h-9 w-36 sm:w-80" />
        </div>
        <div className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
          {Array.from({ length: 4 }, (_, index) => (
            <Card key={index} className="h-45 p-4 sm:p-5">
              <Skeleton className="h-5 w-20" />
              <Skeleton className="mt-3 h-8 w-24 sm:w-28" />
              <Skeleton className="mt-auto h-9 w-full" />
            </Card>
          ))}
        </div>
        <Card className="p-4 sm:p-5">
          <Skeleton className="h-5 w-36" />
          <Skeleton className="mt-4 h-78 w-full" />
        </Card>
      </div>
    </div>
  );
}
