import type { UseQueryResult } from "@tanstack/react-query";
import { useId, type ReactNode } from "react";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/states";
import { cn } from "@/lib/cn";

interface WidgetCardProps<T> {
  title: string;
  /** Stands behind the title, small: the unit. */
  hint?: ReactNode;
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
  const waiting = query.isPlaceholderData || query.isPending;
  return (
    <Card aria-labelledby={id} aria-busy={waiting} className={className}>
      <CardHeader>
        <div className="flex min-w-0 items-baseline gap-2">
          <CardTitle id={id}>{title}</CardTitle>
          {hint && <span className="text-sm text-muted-foreground">{hint}</span>}
        </div>
        {actions}
      </CardHeader>
      <CardContent className={cn("flex flex-1 flex-col", flush && "px-0 pb-0 sm:px-0 sm:pb-0")}>
        {query.isError && !query.data ? (
          <ErrorState
            title={`${title} could not be loaded`}
            error={query.error}
            onRetry={() => void query.refetch()}
            className={cn(flush && "px-4 pb-4 sm:px-5 sm:pb-5")}
          />
        ) : query.data === undefined ? (
          <div className={cn(flush && "px-4 pb-4 sm:px-5 sm:pb-5")}>
            <span className="sr-only">Loading</span>
            {skeleton}
          </div>
        ) : (
          <div
            className={cn(
              "flex flex-1 flex-col transition-opacity duration-100",
              query.isPlaceholderData && "opacity-50",
            )}
          >
            {children(query.data)}
          </div>
        )}
      </CardContent>
    </Card>
  );
}
