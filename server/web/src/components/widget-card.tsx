import type { UseQueryResult } from "@tanstack/react-query";
import { useId, type ReactNode } from "react";
import { QueryBody } from "@/components/query-body";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
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
  const unit = hint && data !== undefined ? hint(data) : null;
  return (
    <Card aria-labelledby={id} aria-busy={query.isPlaceholderData || query.isPending} className={className}>
      <CardHeader>
        <div className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <CardTitle id={id}>{title}</CardTitle>
          {unit && <span className="text-sm text-muted-foreground">{unit}</span>}
        </div>
        {actions}
      </CardHeader>
      <CardContent className={cn("flex flex-1 flex-col", flush && "px-0 pb-0 sm:px-0 sm:pb-0")}>
        <QueryBody title={title} query={query} skeleton={skeleton} inset={flush ? "px-4 sm:px-5" : undefined}>
          {children}
        </QueryBody>
      </CardContent>
    </Card>
  );
}
