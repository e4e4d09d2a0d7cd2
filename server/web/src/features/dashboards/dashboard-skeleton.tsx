import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";

/** Has the shape of a dashboard. */
export function DashboardSkeleton() {
  return (
    <div className="flex flex-col gap-4" aria-busy>
      <span className="sr-only">Loading</span>
      <Skeleton className="h-8 w-56" />
      <div className="flex gap-2">
        <Skeleton className="h-9 w-64" />
        <Skeleton className="h-9 w-36" />
      </div>
      <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        {Array.from({ length: 4 }, (_, index) => (
          <Card key={index} className="h-42 p-4">
            <Skeleton className="h-5 w-24" />
            <Skeleton className="mt-3 h-8 w-28" />
          </Card>
        ))}
      </div>
      <Card className="h-88 p-4">
        <Skeleton className="h-5 w-36" />
        <Skeleton className="mt-4 h-72 w-full" />
      </Card>
    </div>
  );
}
