import { heatColour, Sparkline } from "@/components/charts";
import { TableCell } from "@/components/ui/table";
import type { Threshold } from "@/lib/dashboards/document";
import { formatValue, toNumber, type Measure, type Precision, type Value } from "@/lib/format/number";
import type { Change } from "@/lib/metrics/response";
import { cn } from "@/lib/cn";
import { CellChange } from "./cell-change";
import { TONE_TEXT, ToneSign } from "../tone";
import type { TableColumn } from "./table-data";

/** Steps of heat that a text can be read on in either theme. */
const MOST_HEAT = 4;

interface FigureCellProps {
  column: TableColumn;
  measure: Measure;
  value: Value;
  change: Change | null;
  /** Whether changes say something: the two periods can be compared. */
  isFair: boolean;
  precision: Precision;
  threshold: Threshold | null;
  trend: (number | null)[] | undefined;
  /** Of which points of its trend not all counts. */
  partial: boolean[];
  name: string;
}

/** A figure in a table, with all that a column may be told to show of it. */
export function FigureCell(props: FigureCellProps) {
  const { column, measure, value, change, isFair, precision, threshold, trend, partial, name } = props;
  const number = toNumber(value) ?? 0;
  const heat =
    column.most !== null && column.most > 0 && number > 0
      ? Math.min(Math.ceil((number / column.most) * MOST_HEAT), MOST_HEAT)
      : null;
  return (
    <TableCell
      style={heat === null ? undefined : { background: heatColour(heat) }}
      className="text-right whitespace-nowrap"
    >
      <span className="inline-flex items-center justify-end gap-2">
        {trend && trend.length > 1 && (
          <Sparkline
            values={trend}
            partial={partial}
            label={`Trend of ${column.title}, ${name}`}
            className="hidden h-5 w-20 shrink-0 @lg:block"
          />
        )}
        {threshold && <ToneSign threshold={threshold} measure={measure} />}
        <span
          className={cn(trend && "min-w-[10ch]", threshold && heat === null && TONE_TEXT[threshold.tone])}
        >
          {formatValue(value, measure, precision)}
        </span>
        {change && (
          <CellChange
            change={change}
            higherIsBetter={isFair ? column.higherIsBetter : null}
            className={cn(heat !== null && "[&_span]:text-foreground")}
          />
        )}
      </span>
    </TableCell>
  );
}
