import type { ReactNode } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import type { QueryResponse, Registry } from "@/lib/api/types";
import { formatMoment, formatPeriod } from "@/lib/format/date";
import { formatCount } from "@/lib/format/number";
import { sentence } from "@/lib/format/text";
import { bucketOf } from "@/lib/metrics/buckets";
import { filterWords } from "@/lib/metrics/filter-words";
import { dimensionsIn, metricsIn } from "@/lib/metrics/groups";
import { comparedRange } from "@/lib/metrics/response";

interface ExplanationProps {
  response: QueryResponse;
  registry: Registry | undefined;
}

/** How an answer came to be: in words, with what it was computed from, and the question as a program would ask it. */
export function Explanation({ response, registry }: ExplanationProps) {
  const { meta } = response;
  const { timezone } = meta.range;
  const before = comparedRange(response);
  const bucket = bucketOf(response);
  const cut = dimensionsIn(response).map(({ title }) => title);
  const only = filterWords(meta.query.filters, registry);
  const having = filterWords(meta.query.having, registry);
  const warnings = [...new Set(meta.warnings.map(({ detail }) => sentence(detail)))];
  const question = JSON.stringify(meta.query, null, 2);
  return (
    <div
      role="group"
      aria-label="How it was computed"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="min-h-0 overflow-y-auto border-t"
    >
      <dl className="grid grid-cols-1 gap-x-6 gap-y-3 p-5 sm:grid-cols-[9rem_1fr]">
        <Entry title="What">
          <ul className="flex flex-col gap-1.5">
            {metricsIn(response).map(({ key, title }) => {
              const description = registry?.metrics.find(({ id }) => id === key)?.description;
              return (
                <li key={key}>
                  {title}
                  {description && <span className="text-muted-foreground">: {sentence(description)}</span>}
                </li>
              );
            })}
          </ul>
        </Entry>
        <Entry title="When">
          {formatPeriod(meta.range)}
          <span className="text-muted-foreground"> · days of {timezone}</span>
        </Entry>
        {before && <Entry title="Beside">{formatPeriod(before)}</Entry>}
        {bucket && <Entry title="Per">{bucket}</Entry>}
        {cut.length > 0 && <Entry title="Cut by">{cut.join(", ")}</Entry>}
        {only.length > 0 && <Entry title="Only where">{only.join("; ")}</Entry>}
        {having.length > 0 && <Entry title="Rows where">{having.join("; ")}</Entry>}
        <Entry title="Stores">
          <ul>
            {meta.stores.map(({ id, name, currency }) => (
              <li key={id}>
                {name}
                <span className="text-muted-foreground">
                  {` · ${currency}`}
                  {versionOf(response, id)}
                </span>
              </li>
            ))}
          </ul>
        </Entry>
        {meta.query.currency && <Entry title="Told in">{meta.query.currency}</Entry>}
        <Entry title="Known until">
          <ul>
            {Object.entries(meta.as_of).map(([source, instant]) => (
              <li key={source}>
                {registry?.sources.find(({ id }) => id === source)?.title ?? source}
                <span className="text-muted-foreground">
                  {": "}
                  {instant ? formatMoment(instant, timezone) : "not yet read to its end"}
                </span>
              </li>
            ))}
          </ul>
        </Entry>
        {warnings.length > 0 && (
          <Entry title="To know">
            <ul className="flex flex-col gap-1">
              {warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          </Entry>
        )}
      </dl>
      <div className="flex flex-col gap-2 border-t p-5">
        <div className="flex items-center justify-between gap-2">
          <h3 className="font-medium">The question</h3>
          <CopyButton size="sm" text={question} title="Copy" />
        </div>
        <pre className="rounded-md bg-muted p-3 font-mono text-sm break-words whitespace-pre-wrap">
          {question}
        </pre>
      </div>
    </div>
  );
}

/** The version of a store that was read, which counts its commits. */
function versionOf(response: QueryResponse, store: string): string {
  const version: unknown = response.meta.versions[store];
  return typeof version === "number" ? ` · version ${formatCount(version)}` : "";
}

function Entry({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted-foreground max-sm:-mb-2.5">{title}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
