import { SelectField } from "@/components/ui/field";
import type { Widget, WidgetGoal } from "@/lib/dashboards/document";
import { usualGoal } from "@/lib/dashboards/new-widget";
import { DecimalField } from "./decimal-field";
import { useWidgetChange } from "./use-widget";

const BY: Record<WidgetGoal["by"], string> = {
  range: "In all of the days",
  day: "Each day",
  month: "Each month",
};

interface GoalFieldsProps {
  widget: Widget;
  unit: string | null;
  /** Whether its figure grows with time: an average is not reached bit by bit. */
  isSum: boolean;
}

/** How much is to be reached, and in what time. */
export function GoalFields({ widget, unit, isSum }: GoalFieldsProps) {
  const change = useWidgetChange(widget);
  const goal = widget.display.goal ?? usualGoal(isSum);
  return (
    <>
      <DecimalField
        title="Goal"
        value={goal.value}
        unit={unit}
        onValue={(value) =>
          change.display({ goal: { ...goal, value, ...(!isSum && { by: "range" }) } }, "goal")
        }
      />
      {isSum && (
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
      )}
    </>
  );
}
