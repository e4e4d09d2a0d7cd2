import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import type { Import, QueryResponse, Store } from "@/lib/api/types";
import { formatRange } from "@/lib/format/date";
import { formatShare, formatValue } from "@/lib/format/number";
import { DEFAULT_RANGE } from "@/lib/metrics/range";
import { metricsQuery } from "@/lib/metrics/query";
import { measureOf, totalOf } from "@/lib/metrics/response";

const REVENUE = "shopify.revenue";
const ORDERS = "shopify.orders";

interface StepNumbersProps {
  store: Store;
  /** Whether anything is there to look at. */
  ready: boolean;
  imports: readonly Import[];
  onConnections: () => void;
  children: ReactNode;
}

/** Waits for the first figures, and shows them. */
export function StepNumbers({ store, ready, imports, onConnections, children }: StepNumbersProps) {
  return (
    <div className="flex flex-col gap-5">
      {ready ? <Figures store={store} /> : <Waiting imports={imports} onConnections={onConnections} />}
      {children}
    </div>
  );
}

function Waiting({ imports, onConnections }: Pick<StepNumbersProps, "imports" | "onConnections">) {
  const running = imports.find(({ status }) => status === "running" || status === "queued");
  if (!running) {
    return (
      <div className="flex flex-wrap items-center gap-3">
        <p role="status" className="text-muted-foreground">
          What is connected is being read. The first of it is here soon.
        </p>
        <Button size="sm" onClick={onConnections}>
          See how far it is
        </Button>
      </div>
    );
  }
  return (
    <div className="flex max-w-xl flex-col gap-2">
      <div className="flex justify-between gap-3 text-sm">
        <p className="truncate">{running.file_name}</p>
        <p className="text-muted-foreground tabular-nums">{formatShare(running.progress, 0)}</p>
      </div>
      <Progress value={running.progress} label={`Importing ${running.file_name}`} />
      <p role="status" className="text-sm text-muted-foreground">
        {running.waiting_for ?? "It goes on, too, while you are elsewhere."}
      </p>
    </div>
  );
}

function Figures({ store }: { store: Store }) {
  const view = { storeId: store.id, range: DEFAULT_RANGE, comparison: "none" } as const;
  const query = useQuery(metricsQuery(view, { metrics: [REVENUE, ORDERS] }));
  if (query.data) return <Told response={query.data} />;
  if (query.isError) {
    return (
      <ErrorState
        title="The figures could not be loaded"
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    );
  }
  return <Skeleton className="h-14 w-64" />;
}

function Told({ response }: { response: QueryResponse }) {
  const figures = [
    ["Revenue", REVENUE],
    ["Orders", ORDERS],
  ] as const;
  return (
    <div className="flex flex-col gap-2">
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        {figures.map(([title, key]) => (
          <div key={key}>
            <dt className="text-sm text-muted-foreground">{title}</dt>
            <dd className="text-2xl font-semibold tracking-tight tabular-nums">
              {formatValue(totalOf(response, key), measureOf(response, key), "compact")}
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-sm text-muted-foreground">{formatRange(response.meta.range)}</p>
    </div>
  );
}
