import { Link2Off } from "lucide-react";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { Skeleton } from "@/components/ui/skeleton";
import { usePageTitle } from "@/lib/page-title";

function Nothing({ title, children }: { title: string; children: ReactNode }) {
  usePageTitle(title);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center">
      <h1 className="sr-only">{title}</h1>
      <EmptyState icon={<Link2Off aria-hidden strokeWidth={1.5} />} title={title}>
        {children}
      </EmptyState>
    </main>
  );
}

/** A link that was taken back, has run out or never was: which of them is nobody's business. */
export function ShowsNothing() {
  return <Nothing title="This link shows nothing any more">Ask whoever gave it to you for another.</Nothing>;
}

export function NoLink() {
  return (
    <Nothing title="This address is not complete">
      A part of it behind the # is missing. Open the link as it was given to you.
    </Nothing>
  );
}

export function NotOpened({ error, onRetry }: { error: Error; onRetry: () => void }) {
  usePageTitle("Not loaded");
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4">
      <h1 className="sr-only">Not loaded</h1>
      <ErrorState
        title="What is shared could not be loaded"
        error={error}
        onRetry={onRetry}
        className="max-w-md items-center text-center"
      />
    </main>
  );
}

/** Has the shape of a dashboard. */
export function Opening() {
  return (
    <div aria-busy className="mx-auto flex w-full max-w-7xl flex-col gap-4 px-3 py-5 sm:px-6">
      <span className="sr-only">Loading</span>
      <Skeleton className="h-7 w-48" />
      <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        {Array.from({ length: 4 }, (_, index) => (
          <Card key={index} className="h-42 p-4">
            <Skeleton className="h-5 w-20" />
            <Skeleton className="mt-3 h-8 w-24" />
          </Card>
        ))}
      </div>
      <Card className="h-88 p-4">
        <Skeleton className="h-5 w-36" />
        <Skeleton className="mt-4 h-64 w-full" />
      </Card>
    </div>
  );
}
