import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorBoundary } from "@/components/error-boundary";
import { ErrorState, StaleNotice } from "@/components/ui/states";
import { cn } from "@/lib/cn";

interface QueryBodyProps<T> {
  /** What is loaded, as the start of a sentence: "Revenue". */
  title: string;
  query: UseQueryResult<T>;
  /** Has the shape of what comes. */
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
  /** Keeps what is no content off the edges, where content goes from edge to edge. */
  inset?: string | undefined;
}

/** Content that loads, fails and is tried again by itself; old numbers stay, dimmed, while new ones load. */
export function QueryBody<T>({ title, query, skeleton, children, inset }: QueryBodyProps<T>) {
  const { data } = query;
  const retry = () => void query.refetch();
  if (query.isError && data === undefined) {
    return (
      <ErrorState
        title={`${title} could not be loaded`}
        error={query.error}
        onRetry={retry}
        className={cn(inset, inset !== undefined && "pb-4 sm:pb-5")}
      />
    );
  }
  if (data === undefined) {
    return (
      <div className={cn("flex min-h-0 flex-1 flex-col", inset, inset !== undefined && "pb-4 sm:pb-5")}>
        <span className="sr-only">Loading</span>
        {skeleton}
      </div>
    );
  }
  return (
    <>
      {query.isError && (
        <StaleNotice
          error={query.error}
          busy={query.isFetching}
          onRetry={retry}
          className={cn("pb-2", inset)}
        />
      )}
      <div
        className={cn(
          "flex min-h-0 flex-1 flex-col transition-opacity duration-100",
          query.isPlaceholderData && "opacity-50",
        )}
      >
        <ErrorBoundary
          title={`${title} could not be shown`}
          resetKey={data}
          className={cn(inset, inset !== undefined && "pb-4 sm:pb-5")}
        >
          <Content data={data} draw={children} />
        </ErrorBoundary>
      </div>
    </>
  );
}

/** A component of its own, so that what fails in drawing fails within the boundary. */
function Content<T>({ data, draw }: { data: T; draw: (data: T) => ReactNode }) {
  return draw(data);
}
