import { SelectField } from "@/components/ui/field";
import type { Widget, WidgetGoal } from "@/lib/dashboards/document";
import { DecimalField } from "./decimal-field";
import { useWidgetChange } from "./use-widget";

const BY: Record<WidgetGoal["by"], string> = {
  range: "In all of the days",
  day: "Each day",
  month: "Each month",
};

/** How much is to be reached, and in what time. */
export function GoalFields({ widget, unit }: { widget: Widget; unit: string | null }) {
  const change = useWidgetChange(widget);
  const goal = widget.display.goal ?? { value: "1000", by: "month" };
  return (
    <>
      <DecimalField
        title="Goal"
        value={goal.value}
        unit={unit}
        onValue={(value) => change.display({ goal: { ...goal, value } }, "goal")}
      />
      <SelectField
        title="To be reached"
        value={goal.by}
        problem={null}
        onValue={(by) => change.display({ goal: { ...goal, by: by as WidgetGoal["by"] } })}
      >
        {Object.entries(BY).map(([by, title]) => (
          <option key={by} value={by}>
            {title}
          </option>
        ))}
      </SelectField>
    </>
  );
}
