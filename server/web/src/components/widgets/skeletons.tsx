import { Skeleton } from "@/components/ui/skeleton";
import type { WidgetKind } from "@/lib/dashboards/document";

/** Has the shape of what a widget will show. */
export function WidgetSkeleton({ kind }: { kind: WidgetKind }) {
  switch (kind) {
    case "kpi":
    case "goal":
      return (
        <div className="flex min-h-0 flex-1 flex-col">
          <Skeleton className="h-8 w-24 sm:w-28" />
          <Skeleton className="mt-2.5 h-4 w-full max-w-36" />
          <Skeleton className={kind === "goal" ? "mt-auto h-2.5 w-full" : "mt-auto h-9 min-h-0 w-full"} />
        </div>
      );
    case "table":
    case "experiment":
      return (
        <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-hidden pt-2">
          {Array.from({ length: 8 }, (_, index) => (
            <Skeleton key={index} className="h-6 w-full shrink-0" />
          ))}
        </div>
      );
    case "pie":
    case "sentiment":
      return <Skeleton className="m-auto aspect-square min-h-0 flex-1 rounded-full" />;
    default:
      return <Skeleton className="min-h-0 w-full flex-1" />;
  }
}
