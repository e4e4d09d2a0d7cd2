import { Tooltip } from "@/components/ui/tooltip";
import { formatInstant } from "@/lib/format/date";
import type { Lag } from "@/lib/metrics/response";

/** Up to when figures are known whose source lags, and why to whoever asks. */
export function AsOf({ lag, timezone }: { lag: Lag; timezone: string }) {
  const words = lag.since === null ? "not all there yet" : `as of ${formatInstant(lag.since, timezone)}`;
  if (lag.reason === null) return <p className="mt-0.5 text-sm text-warn">{words}</p>;
  return (
    <div className="mt-0.5 text-sm text-warn">
      <Tooltip content={lag.reason} side="bottom" align="start">
        <button type="button" className="min-h-6 cursor-default rounded text-left">
          {words}
        </button>
      </Tooltip>
    </div>
  );
}
