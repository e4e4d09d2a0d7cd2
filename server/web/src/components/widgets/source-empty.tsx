import { Plug } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { QueryResponse, Registry } from "@/lib/api/types";
import type { WidgetKind } from "@/lib/dashboards/document";
import { toNumber } from "@/lib/format/number";
import { metricsIn } from "@/lib/metrics/groups";
import { totalOf, valueOf } from "@/lib/metrics/response";

/** What would be there, by kind of widget. */
const PROMISES: Partial<Record<WidgetKind, string>> = {
  reviews: "What customers think of the products, star by star, will be here.",
  experiment: "How the variations of experiments do beside one another will be here.",
  survey: "What customers answer after they bought will be here.",
  sentiment: "How satisfied customers are will be here.",
};

/**
 * The source that a widget lacks: nothing is known of it in any of the stores and nobody reads it, and without it there is no
 * figure at all. Null where there is none, or where it is only behind.
 */
export function missingSource(response: QueryResponse): string | null {
  const missing = Object.entries(response.meta.as_of).find(([, instant]) => instant === null)?.[0];
  if (missing === undefined) return null;
  if (response.meta.warnings.some(({ code }) => code === "source_behind")) return null;
  const columns = metricsIn(response);
  const isKnown = columns.some(
    ({ key }) =>
      totalOf(response, key) !== null || response.rows.some((row) => toNumber(valueOf(row, key)) !== null),
  );
  return isKnown ? null : missing;
}

interface SourceEmptyProps {
  source: string;
  kind: WidgetKind;
  /** Whether there is room for little more than a line. */
  small: boolean;
  registry: Registry | undefined;
  onConnect: ((source: string) => void) | undefined;
}

/** For a widget whose source is not connected: what would be here, and the one thing to do about it. */
export function SourceEmpty({ source, kind, small, registry, onConnect }: SourceEmptyProps) {
  const name = registry?.sources.find(({ id }) => id === source)?.title ?? source;
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center gap-1 overflow-hidden text-center">
      {small ? (
        <p className="line-clamp-3 text-sm leading-tight text-muted-foreground">{name} is not connected</p>
      ) : (
        <p className="flex items-center gap-1.5 font-medium">
          <Plug aria-hidden className="size-4 shrink-0 text-muted-foreground" />
          {name} is not connected
        </p>
      )}
      {!small && (
        <p className="max-w-xs text-sm text-muted-foreground">
          {PROMISES[kind] ?? `Its figures will be here once ${name} is connected.`}
        </p>
      )}
      {onConnect && (
        <Button
          size="sm"
          className={small ? "mt-1" : "mt-2"}
          aria-label={small ? `Connect ${name}` : undefined}
          onClick={() => onConnect(source)}
        >
          {small ? "Connect" : `Connect ${name}`}
        </Button>
      )}
    </div>
  );
}
