import { SelectField, TextAreaField, TextField } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import type { Registry } from "@/lib/api/types";
import type { Widget, WidgetKind } from "@/lib/dashboards/document";
import { LIMITS } from "@/lib/dashboards/limits";
import { SIZE_TITLES, SIZES } from "@/lib/dashboards/new-widget";
import { widgetTitle } from "@/lib/dashboards/titles";
import { ColourFields } from "./colour-fields";
import { ColumnFields } from "./column-fields";
import { DrawingFields } from "./drawing-fields";
import { GoalFields } from "./goal-fields";
import { columnsOf } from "./question";
import { ThresholdFields } from "./threshold-fields";
import { useWidgetChange } from "./use-widget";

const WRITTEN: readonly WidgetKind[] = ["kpi", "goal", "bar", "pie", "table", "line", "area"];
const JUDGED: readonly WidgetKind[] = ["kpi", "table", "bar"];
const COLOURED: readonly WidgetKind[] = ["line", "area", "bar", "pie"];

function isSum(column: string | undefined, { metrics }: Registry): boolean {
  return metrics.find(({ id }) => id === column)?.additive === true;
}

/** How a widget looks: what it is called, how large it is, and how its figures are drawn. */
export function DisplayTab({ widget, registry }: { widget: Widget; registry: Registry }) {
  const change = useWidgetChange(widget);
  const { kind, display } = widget;
  const columns = columnsOf(widget.query, registry.metrics);
  return (
    <div className="flex flex-col gap-4">
      <TextField
        title="Title"
        maxLength={LIMITS.name}
        autoComplete="off"
        placeholder={widgetTitle({ ...widget, title: null }, registry)}
        value={widget.title ?? ""}
        problem={null}
        onValue={(title) => change.parts({ title: title || null }, "title")}
      />
      <TextAreaField
        title="Note"
        rows={2}
        maxLength={LIMITS.description}
        hint="What people should know about it"
        value={widget.note ?? ""}
        problem={null}
        onValue={(note) => change.parts({ note: note || null }, "note")}
      />
      <div className="flex flex-col gap-1.5">
        <p aria-hidden className="text-sm font-medium">
          Size
        </p>
        <Segmented
          label="Size"
          value={widget.size}
          onChange={(size) => change.parts({ size })}
          options={SIZES.map((size) => ({ value: size, title: SIZE_TITLES[size] }))}
          className="self-start"
        />
      </div>
      {WRITTEN.includes(kind) && (
        <SelectField
          title="Numbers"
          value={display.precision ?? ""}
          problem={null}
          onValue={(precision) =>
            change.display({
              precision:
                precision === "compact" || precision === "currency" || precision === "exact"
                  ? precision
                  : undefined,
            })
          }
        >
          <option value="">As it suits</option>
          <option value="compact">Short: 12.4K</option>
          <option value="currency">With the currency’s decimals</option>
          <option value="exact">Every digit</option>
        </SelectField>
      )}
      {kind === "goal" && (
        <GoalFields
          widget={widget}
          unit={columns[0]?.unit ?? null}
          isSum={isSum(columns[0]?.key, registry)}
        />
      )}
      <DrawingFields widget={widget} columns={columns} registry={registry} />
      {kind === "table" && <ColumnFields widget={widget} columns={columns} />}
      {COLOURED.includes(kind) && <ColourFields widget={widget} columns={columns} />}
      {JUDGED.includes(kind) && columns.length > 0 && <ThresholdFields widget={widget} columns={columns} />}
    </div>
  );
}
