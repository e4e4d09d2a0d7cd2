import { Plus, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { SelectField } from "@/components/ui/field";
import type { Threshold, Widget } from "@/lib/dashboards/document";
import { DecimalField } from "./decimal-field";
import type { FigureColumn } from "./question";
import { useWidgetChange } from "./use-widget";

const MOST = 10;

const TONES: Record<Threshold["tone"], string> = { good: "Good", warn: "A warning", bad: "Bad" };
const OPERATORS: Record<Threshold["operator"], string> = { gte: "From", lte: "Up to" };

/** From which values on, or up to which, a figure is good or bad. */
export function ThresholdFields({ widget, columns }: { widget: Widget; columns: readonly FigureColumn[] }) {
  const change = useWidgetChange(widget);
  const thresholds = widget.display.thresholds ?? [];
  const put = (next: Threshold[], mark?: string) =>
    change.display({ thresholds: next.length > 0 ? next : undefined }, mark);
  const at = (index: number, parts: Partial<Threshold>, mark?: string) =>
    put(
      thresholds.map((threshold, other) => (other === index ? { ...threshold, ...parts } : threshold)),
      mark,
    );
  const [first] = columns;
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="pb-1.5 text-sm font-medium">Coloured by value</legend>
      {thresholds.map((threshold, index) => {
        const column = columns.find(({ key }) => key === threshold.column);
        return (
          <div
            key={index}
            role="group"
            aria-label={`Rule ${index + 1}`}
            className="grid grid-cols-2 items-end gap-2 rounded-md border p-2"
          >
            {columns.length > 1 && (
              <div className="col-span-2">
                <SelectField
                  title="Figure"
                  value={threshold.column}
                  problem={null}
                  onValue={(key) => at(index, { column: key })}
                >
                  {columns.map(({ key, title }) => (
                    <option key={key} value={key}>
                      {title}
                    </option>
                  ))}
                </SelectField>
              </div>
            )}
            <SelectField
              title="When"
              value={threshold.operator}
              problem={null}
              onValue={(operator) => at(index, { operator: operator as Threshold["operator"] })}
            >
              {Object.entries(OPERATORS).map(([operator, title]) => (
                <option key={operator} value={operator}>
                  {title}
                </option>
              ))}
            </SelectField>
            <DecimalField
              title="Value"
              value={threshold.value}
              unit={column?.unit ?? null}
              onValue={(value) => at(index, { value }, `threshold-${index}`)}
            />
            <SelectField
              title="It is"
              value={threshold.tone}
              problem={null}
              onValue={(tone) => at(index, { tone: tone as Threshold["tone"] })}
            >
              {Object.entries(TONES).map(([tone, title]) => (
                <option key={tone} value={tone}>
                  {title}
                </option>
              ))}
            </SelectField>
            <Button onClick={() => put(thresholds.filter((_, other) => other !== index))}>
              <X aria-hidden /> Remove
            </Button>
          </div>
        );
      })}
      {thresholds.length < MOST && first && (
        <Button
          size="sm"
          className="self-start"
          onClick={() =>
            put([...thresholds, { column: first.key, operator: "gte", value: "0", tone: "good" }])
          }
        >
          <Plus aria-hidden /> A rule
        </Button>
      )}
    </fieldset>
  );
}
