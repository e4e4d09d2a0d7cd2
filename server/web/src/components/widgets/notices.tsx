import { Clock, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Tooltip } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";
import type { QueryResponse, Registry } from "@/lib/api/types";
import type { WidgetKind } from "@/lib/dashboards/document";
import { formatInstant } from "@/lib/format/date";
import { formatCount } from "@/lib/format/number";
import { sentence } from "@/lib/format/text";
import { lagOf } from "@/lib/metrics/response";

/** What is said of a source that is behind stands in a notice of its own. */
const BEHIND = "source_behind";

interface NoticesProps {
  kind: WidgetKind;
  response: QueryResponse | undefined;
  note: string | null;
  /** The dimensions whose filters do not hold here. */
  unfit: string[];
  registry: Registry | undefined;
}

/** What one should know to read a widget's figures: small signs beside its title, words for whoever asks. */
export function Notices({ kind, response, note, unfit, registry }: NoticesProps) {
  const lag = response && lagOf(response);
  const details = response?.meta.warnings.filter(({ code }) => code !== BEHIND).map(({ detail }) => detail);
  // A table says below its rows how many there are.
  const isCut = response?.truncated === true && kind !== "table";
  const names = unfit.map((id) => registry?.dimensions.find((one) => one.id === id)?.title ?? id);
  const words = [
    ...(note === null || note === "" ? [] : [note]),
    ...names.map((name) => `The filter on ${name} is left out here: these figures are not cut by it.`),
    ...new Set((details ?? []).map(sentence)),
  ];
  return (
    <>
      {lag && (
        <Notice
          icon={<Clock aria-hidden />}
          tone="text-warn"
          label={
            lag.since === null
              ? "Not all there yet"
              : `As of ${formatInstant(lag.since, response.meta.range.timezone)}`
          }
          words={lag.reason === null ? [] : [lag.reason]}
        />
      )}
      {isCut && (
        <Notice
          icon={<TriangleAlert aria-hidden />}
          tone="text-warn"
          label="Not all of it is drawn"
          words={[
            `${formatCount(response.rows.length)} of ${formatCount(response.total_rows)} rows are drawn: what comes after them is missing here. Fewer groups, longer points of time or fewer days show all.`,
          ]}
        />
      )}
      {words.length > 0 && (
        <Notice
          icon={<Info aria-hidden />}
          tone={unfit.length > 0 ? "text-warn" : "text-muted-foreground"}
          label="What to know"
          words={words}
        />
      )}
    </>
  );
}

interface NoticeProps {
  icon: ReactNode;
  tone: string;
  label: string;
  words: string[];
}

function Notice({ icon, tone, label, words }: NoticeProps) {
  return (
    <Tooltip
      side="bottom"
      content={
        words.length === 0 ? (
          label
        ) : (
          <ul className="flex flex-col gap-1.5">
            {words.map((word) => (
              <li key={word}>{word}</li>
            ))}
          </ul>
        )
      }
    >
      <button
        type="button"
        aria-label={label}
        data-picture="skip"
        className={cn(
          "inline-flex size-6 shrink-0 cursor-default items-center justify-center rounded hover:bg-muted [&_svg]:size-3.5",
          tone,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
