import { CheckboxField } from "@/components/ui/checkbox-field";
import { Segmented } from "@/components/ui/segmented";
import type { Registry } from "@/lib/api/types";
import type { Widget, WidgetAxis, WidgetKind } from "@/lib/dashboards/document";
import { canStack } from "./display";
import { isOverTime } from "@/lib/dashboards/new-widget";
import { NumberField } from "./number-field";
import { groupsOf, type FigureColumn } from "./question";
import { useWidgetChange } from "./use-widget";

const AXIS: WidgetAxis = { zero: true, log: false, right: [] };
const PAGE = 50;
const MOST_ROWS = 100;

const LEGEND: readonly WidgetKind[] = ["line", "area", "bar", "pie"];
const PARTS: readonly WidgetKind[] = ["pie", "bar", "goal"];

interface DrawingFieldsProps {
  widget: Widget;
  columns: readonly FigureColumn[];
  registry: Registry;
}

/** Of how a widget is drawn what is either so or not. */
export function DrawingFields({ widget, columns, registry }: DrawingFieldsProps) {
  const { kind, display, query } = widget;
  const change = useWidgetChange(widget);
  const axis = { ...AXIS, ...display.axis };
  const setAxis = (parts: Partial<WidgetAxis>) => change.display({ axis: { ...axis, ...parts } });
  const isCut = query !== null && groupsOf(query).length > 0;
  // Bars stand along the first of what they are cut by, so that only a second one makes series of a figure.
  const isSeries = query !== null && groupsOf(query).length > (kind === "bar" && !isOverTime(query) ? 1 : 0);
  const hasAxis = kind === "line" || kind === "area" || kind === "bar";
  const several = columns.length > 1 || isCut;
  return (
    <div className="flex flex-col gap-2.5 empty:hidden">
      {PARTS.includes(kind) && (isCut || kind === "goal") && (
        <Segmented
          label="Parts"
          className="self-start"
          value={display.show ?? "value"}
          onChange={(show) => change.display({ show })}
          options={[
            { value: "value", title: "As they are" },
            { value: "share", title: "As shares" },
          ]}
        />
      )}
      {kind === "kpi" && (
        <CheckboxField
          title="A line below the figure"
          checked={display.sparkline !== false}
          onChecked={(sparkline) => change.display({ sparkline })}
        />
      )}
      {kind === "pie" && (
        <CheckboxField
          title="A hole in the middle"
          checked={display.donut !== false}
          onChecked={(donut) => change.display({ donut })}
        />
      )}
      {LEGEND.includes(kind) && several && (
        <CheckboxField
          title="A legend"
          checked={display.legend !== false}
          onChecked={(legend) => change.display({ legend })}
        />
      )}
      {(kind === "area" || kind === "bar") && canStack(columns, isSeries, display, registry.metrics) && (
        <CheckboxField
          title="On one another"
          checked={display.stacked ?? false}
          onChecked={(stacked) => change.display({ stacked })}
        />
      )}
      {kind === "bar" && isCut && (
        <CheckboxField
          title="Lying"
          checked={display.horizontal ?? false}
          onChecked={(horizontal) => change.display({ horizontal })}
        />
      )}
      {kind === "line" && (
        <CheckboxField title="From zero" checked={axis.zero} onChecked={(zero) => setAxis({ zero })} />
      )}
      {kind === "line" && (
        <CheckboxField
          title="Logarithmic"
          hint="Equal steps are equal factors"
          checked={axis.log}
          onChecked={(log) => setAxis({ log })}
        />
      )}
      {hasAxis &&
        columns.length > 1 &&
        columns.map(({ key, title }) => (
          <CheckboxField
            key={key}
            title={`${title} on the right axis`}
            checked={axis.right.includes(key)}
            onChecked={(on) =>
              setAxis({ right: on ? [...axis.right, key] : axis.right.filter((other) => other !== key) })
            }
          />
        ))}
      {kind === "table" && (
        <>
          <CheckboxField
            title="Totals at the end"
            checked={display.totals !== false}
            onChecked={(totals) => change.display({ totals })}
          />
          <NumberField
            title="Rows on a page"
            value={display.page_size ?? PAGE}
            least={1}
            most={MOST_ROWS}
            onValue={(page_size) => change.display({ page_size }, "page")}
          />
        </>
      )}
    </div>
  );
}
