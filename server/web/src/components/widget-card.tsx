import type { UseQueryResult } from "@tanstack/react-query";
import { useId, type ReactNode } from "react";
import { ErrorBoundary } from "@/components/error-boundary";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { ErrorState, StaleNotice } from "@/components/ui/states";
import { cn } from "@/lib/cn";

interface WidgetCardProps<T> {
  title: string;
  /** Stands behind the title, small: the unit, as the data have it. */
  hint?: (data: T) => ReactNode;
  actions?: ReactNode;
  query: UseQueryResult<T>;
  /** Has the shape of what comes. */
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
  /** For content that goes from edge to edge, like a table. */
  flush?: boolean;
  className?: string;
}

/** A card that loads, fails and is tried again by itself; old numbers stay, dimmed, while new ones load. */
export function WidgetCard<T>({
  title,
  hint,
  actions,
  query,
  skeleton,
  children,
  flush,
  className,
}: WidgetCardProps<T>) {
  const id = useId();
  const { data } = query;
  const waiting = query.isPlaceholderData || query.isPending;
  const unit = hint && data !== undefined ? hint(data) : null;
  const inset = cn(flush && "px-4 pb-4 sm:px-5 sm:pb-5");
  const retry = () => void query.refetch();
  return (
    <Card aria-labelledby={id} aria-busy={waiting} className={className}>
      <CardHeader>
        <div className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <CardTitle id={id}>{title}</CardTitle>
          {unit && <span className="text-sm text-muted-foreground">{unit}</span>}
        </div>
        {actions}
      </CardHeader>
      <CardContent className={cn("flex flex-1 flex-col", flush && "px-0 pb-0 sm:px-0 sm:pb-0")}>
        {query.isError && data === undefined ? (
          <ErrorState
            title={`${title} could not be loaded`}
            error={query.error}
            onRetry={retry}
            className={inset}
          />
        ) : data === undefined ? (
          <div className={inset}>
            <span className="sr-only">Loading</span>
            {skeleton}
          </div>
        ) : (
          <>
            {query.isError && (
              <StaleNotice
                error={query.error}
                busy={query.isFetching}
                onRetry={retry}
                className={cn("pb-2", flush && "px-4 sm:px-5")}
              />
            )}
            <div
              className={cn(
                "flex flex-1 flex-col transition-opacity duration-100",
                query.isPlaceholderData && "opacity-50",
              )}
            >
              <ErrorBoundary title={`${title} could not be shown`} resetKey={data} className={inset}>
                <Content data={data} draw={children} />
              </ErrorBoundary>
            </div>
          </>
        )}
      </CardContent>
    </Card>
  );
}

/** A component of its own, so that what fails in drawing fails within the boundary. */
function Content<T>({ data, draw }: { data: T; draw: (data: T) => ReactNode }) {
  return draw(data);
}
