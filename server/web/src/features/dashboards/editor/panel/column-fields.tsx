import { CheckboxField } from "@/components/ui/checkbox-field";
import type { Widget, WidgetColumn } from "@/lib/dashboards/document";
import type { FigureColumn } from "./question";
import { useWidgetChange } from "./use-widget";

/** Which columns of a table are shown, and how. */
export function ColumnFields({ widget, columns }: { widget: Widget; columns: readonly FigureColumn[] }) {
  const change = useWidgetChange(widget);
  const own = widget.display.columns ?? [];
  const put = (key: string, parts: Partial<WidgetColumn>) => {
    const next = { key, ...own.find((column) => column.key === key), ...parts };
    change.display({ columns: [...own.filter((column) => column.key !== key), next] });
  };
  return (
    <>
      {columns.map(({ key, title }) => {
        const column = own.find((one) => one.key === key);
        const isShown = column?.hidden !== true;
        return (
          <fieldset key={key} className="flex flex-col gap-2">
            <legend className="pb-1.5 text-sm font-medium">{title}</legend>
            <CheckboxField
              title="Shown"
              checked={isShown}
              onChecked={(shown) => put(key, { hidden: !shown })}
            />
            {isShown && (
              <>
                <CheckboxField
                  title="Coloured by value"
                  checked={column?.heat ?? false}
                  onChecked={(heat) => put(key, { heat })}
                />
                <CheckboxField
                  title="With a line over time"
                  checked={column?.sparkline ?? false}
                  onChecked={(sparkline) => put(key, { sparkline })}
                />
              </>
            )}
          </fieldset>
        );
      })}
    </>
  );
}
