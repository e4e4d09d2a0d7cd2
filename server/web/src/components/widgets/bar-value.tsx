import { ChangeBadge } from "@/components/change-badge";
import type { QueryResponse, Registry } from "@/lib/api/types";
import type { WidgetDisplay } from "@/lib/dashboards/document";
import { formatShare, formatValue, toNumber, type Measure, type Value } from "@/lib/format/number";
import { unequalPeriods, type Change } from "@/lib/metrics/response";
import { readPrecision } from "./metric-facts";
import { thresholdOf } from "./thresholds";
import { ToneSign } from "./tone";

interface BarValueProps {
  value: Value;
  change: Change | null;
  column: string;
  measure: Measure;
  higherIsBetter: boolean | null;
  /** What all bars come to; null where they are no parts of a whole. */
  whole: number | null;
  response: QueryResponse;
  registry: Registry | undefined;
  display: WidgetDisplay;
}

/** What a bar comes to, how it changed and what part of the whole it is. */
export function BarValue(props: BarValueProps) {
  const { value, change, column, measure, higherIsBetter, whole, response, registry, display } = props;
  const threshold = thresholdOf(value, column, display.thresholds);
  const share = whole !== null && whole > 0 ? formatShare((toNumber(value) ?? 0) / whole) : null;
  const written = formatValue(value, measure, display.precision ?? readPrecision(column, measure, registry));
  const isShare = display.show === "share" && share !== null;
  return (
    <>
      {threshold && <ToneSign threshold={threshold} measure={measure} />}
      {change && (
        <span className="text-sm">
          <ChangeBadge
            change={change}
            higherIsBetter={unequalPeriods(response) === null ? higherIsBetter : null}
          />
        </span>
      )}
      <span className="font-medium">{isShare ? share : written}</span>
      {share !== null && (
        <span className="min-w-12 text-right text-sm text-muted-foreground">{isShare ? written : share}</span>
      )}
    </>
  );
}
