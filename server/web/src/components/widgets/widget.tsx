import { useEffect, type ComponentType } from "react";
import { CartesianChart } from "@/components/charts";
import { ErrorBoundary } from "@/components/error-boundary";
import { QueryBody } from "@/components/query-body";
import type { QueryResponse } from "@/lib/api/types";
import type { WidgetKind } from "@/lib/dashboards/document";
import { isSourceKind, SOURCE_OF } from "@/lib/dashboards/standard";
import { widgetTitle, type Names } from "@/lib/dashboards/titles";
import { bucketOf } from "@/lib/metrics/buckets";
import { metricsIn } from "@/lib/metrics/groups";
import { useRegistry } from "@/lib/metrics/registry";
import { useWidgetQuery } from "@/lib/metrics/widget-query";
import { part, type Part } from "@/lib/part";
import type { KindProps } from "./kind";
import { Kpi } from "./kpi";
import { Series } from "./series";
import { WidgetSkeleton } from "./skeletons";
import { missingSource, SourceEmpty } from "./source-empty";
import { TableWidget } from "./table/table";
import { TextWidget } from "./text";
import type { WidgetProps } from "./types";
import { WidgetFrame } from "./widget-frame";

const Meanwhile = ({ widget }: KindProps) => <WidgetSkeleton kind={widget.kind} />;

/** What comes when a dashboard first has one. */
const PARTS = {
  pie: part(() => import("./pie"), Meanwhile),
  funnel: part(() => import("./funnel"), Meanwhile),
  heatmap: part(() => import("./heatmap"), Meanwhile),
  goal: part(() => import("./goal"), Meanwhile),
  reviews: part(() => import("./sources/reviews"), Meanwhile),
  experiment: part(() => import("./sources/experiment"), Meanwhile),
  survey: part(() => import("./sources/survey"), Meanwhile),
  sentiment: part(() => import("./sources/sentiment"), Meanwhile),
};

/** What each kind is drawn by: that of which most dashboards are made is there at once. */
const KINDS: Record<Exclude<WidgetKind, "table" | "text">, ComponentType<KindProps>> = {
  kpi: Kpi,
  line: Series,
  area: Series,
  bar: Series,
  ...PARTS,
};

/** What a kind is drawn with and comes by itself, so that it is there with the answer and not asked for after it. */
const LOADED: Partial<Record<WidgetKind, Pick<Part<never>, "load">>> = {
  line: CartesianChart,
  area: CartesianChart,
  bar: CartesianChart,
  ...PARTS,
};

/** Those that show one figure of the whole range, whatever they draw beside it. */
const OF_RANGE: readonly WidgetKind[] = ["kpi", "goal", "sentiment", "heatmap"];

/** Those whose content goes from edge to edge. */
const FLUSH: readonly WidgetKind[] = ["table", "experiment"];

/** A widget of whatever kind: it loads, fails, is tried again and explains itself alone. */
export function Widget(props: WidgetProps) {
  const { widget, label, question, menu } = props;
  return (
    <ErrorBoundary
      title={`${widgetTitle(widget, undefined)} could not be shown`}
      resetKey={question}
      className="h-full overflow-y-auto rounded-lg border bg-card p-4"
    >
      {widget.kind === "text" ? (
        <TextWidget widget={widget} label={label} menu={menu} />
      ) : (
        <Asking {...props} />
      )}
    </ErrorBoundary>
  );
}

/** One that is made of an answer. */
function Asking({ widget, label, question, isWaiting = false, marks, unfit, menu, onConnect }: WidgetProps) {
  const registry = useRegistry();
  const query = useWidgetQuery(widget.id, question);
  useEffect(() => {
    // Whether it came is told by what is drawn with it.
    LOADED[widget.kind]?.load().catch(() => undefined);
  }, [widget.kind]);
  const title = widgetTitle(widget, registry ?? namesIn(query.data));
  const flush = FLUSH.includes(widget.kind);
  const response = question === null ? undefined : query.data;
  const empty = (source: string) => (
    <SourceEmpty
      source={source}
      kind={widget.kind}
      small={widget.size === "small"}
      registry={registry}
      onConnect={onConnect}
    />
  );
  return (
    <WidgetFrame
      kind={widget.kind}
      title={title}
      label={label}
      hint={response ? hintOf(response, widget.kind) : null}
      note={widget.note}
      unfit={unfit}
      response={response}
      busy={isWaiting || (question !== null && (query.isPlaceholderData || query.isPending))}
      registry={registry}
      menu={menu}
      flush={flush}
    >
      {isWaiting ? (
        <WidgetSkeleton kind={widget.kind} />
      ) : question === null ? (
        isSourceKind(widget.kind) ? (
          empty(SOURCE_OF[widget.kind])
        ) : (
          <p className="m-auto text-muted-foreground">Nothing is asked here yet.</p>
        )
      ) : (
        <QueryBody
          title={title}
          query={query}
          skeleton={<WidgetSkeleton kind={widget.kind} />}
          inset={flush ? "px-4" : undefined}
        >
          {(answer) => {
            const missing = missingSource(answer);
            if (missing !== null) return empty(missing);
            const parts = { widget, title, response: answer, marks, registry };
            if (widget.kind === "table") return <TableWidget {...parts} question={question} />;
            if (widget.kind === "text") return null;
            const Kind = KINDS[widget.kind];
            return <Kind {...parts} />;
          }}
        </QueryBody>
      )}
    </WidgetFrame>
  );
}

/** What an answer calls what it is about. */
function namesIn(response: QueryResponse | undefined): Names | undefined {
  if (!response) return undefined;
  const named = response.columns.map(({ key, title }) => ({ id: key, title }));
  return { metrics: named, dimensions: named };
}

/** The currency of its amounts and the length of its buckets, where there are any. */
function hintOf(response: QueryResponse, kind: WidgetKind): string | null {
  const currencies = new Set(metricsIn(response).flatMap(({ currency }) => currency ?? []));
  const [currency] = currencies;
  const bucket = OF_RANGE.includes(kind) ? null : bucketOf(response);
  const per = bucket ? `per ${bucket}` : null;
  const named = currencies.size === 1 ? currency : null;
  return [named, per].filter((part) => part != null).join(" ") || null;
}
