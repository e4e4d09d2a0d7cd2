import { CheckboxField } from "@/components/ui/checkbox-field";
import { SelectField } from "@/components/ui/field";
import type { Registry } from "@/lib/api/types";
import { canHaveHours, factsOf } from "@/lib/dashboards/applicable";
import type { Widget, WidgetKind, WidgetQuestion } from "@/lib/dashboards/document";
import { usualTop } from "@/lib/dashboards/new-widget";
import { NumberField } from "./number-field";
import { OrderField } from "./order-field";
import { columnsOf, dimensionsBeside, groupsOf, sharedDimensions, withGroups, withPoints } from "./question";
import { useWidgetChange } from "./use-widget";

const POINTS = [
  ["auto", "What suits the days"],
  ["hour", "Hours"],
  ["day", "Days"],
  ["week", "Weeks"],
  ["month", "Months"],
  ["quarter", "Quarters"],
  ["year", "Years"],
] as const;

type Points = (typeof POINTS)[number][0] | "none";

/** The kinds that can be cut by something, and those that can also go over time. */
const CUT: readonly WidgetKind[] = ["line", "area", "bar", "pie", "table"];
const OVER_TIME: readonly WidgetKind[] = ["kpi", "line", "area", "bar", "table"];
const MOST_GROUPS = 100;
const MOST_ROWS = 1000;

interface CutFieldsProps {
  widget: Widget;
  query: WidgetQuestion;
  registry: Registry;
}

/** By what figures are cut, and how much of it is shown. */
export function CutFields({ widget, query, registry }: CutFieldsProps) {
  const change = useWidgetChange(widget);
  const { kind } = widget;
  const groups = groupsOf(query);
  const dimensions = sharedDimensions(query, registry);
  // What stands in a place itself does not decide what may stand there.
  const offered = (at: number) =>
    dimensionsBeside({ ...query, group_by: groups.filter((_, other) => other !== at) }, registry);
  const usual = usualTop(kind, { ...query, group_by: groups });
  const limited = query.top ?? usual;
  const hours = canHaveHours(query, factsOf(registry.metrics));
  const setGroup = (at: number, id: string) => {
    const next = [...groups];
    if (id === "") next.splice(at);
    else next[at] = id;
    change.query(withGroups(query, [...new Set(next)], kind));
  };
  const canBeWhole = kind !== "line" && kind !== "area";
  return (
    <>
      {OVER_TIME.includes(kind) && (
        <SelectField
          title={kind === "kpi" ? "Points of its line" : "Over time, by"}
          value={query.granularity ?? "none"}
          problem={null}
          onValue={(points) => change.query(withPoints(query, points as Points, kind))}
        >
          {canBeWhole && <option value="none">{kind === "kpi" ? "None" : "Not over time"}</option>}
          {POINTS.filter(([points]) => points !== "hour" || hours).map(([points, title]) => (
            <option key={points} value={points}>
              {title}
            </option>
          ))}
        </SelectField>
      )}
      {CUT.includes(kind) && (
        <GroupField
          title="Cut by"
          dimensions={offered(0)}
          value={groups[0] ?? ""}
          onValue={(id) => setGroup(0, id)}
        />
      )}
      {kind === "table" && groups.length > 0 && (
        <GroupField
          title="And by"
          dimensions={offered(1).filter(({ id }) => id !== groups[0])}
          value={groups[1] ?? ""}
          onValue={(id) => setGroup(1, id)}
        />
      )}
      {usual && limited && (
        <>
          <NumberField
            title="How many at most"
            value={query.top?.groups ?? null}
            least={1}
            most={MOST_GROUPS}
            onValue={(most) => change.query({ ...query, top: { ...limited, groups: most } }, "top")}
          />
          <CheckboxField
            title="All others as one"
            checked={query.top !== undefined && query.top !== null && query.top.other !== false}
            onChecked={(other) => change.query({ ...query, top: { ...limited, other } })}
          />
        </>
      )}
      {kind === "table" && (
        <>
          <OrderField
            query={query}
            columns={columnsOf(query, registry.metrics)}
            dimensions={dimensions}
            onOrder={(order_by) => change.query({ ...query, order_by })}
          />
          <NumberField
            title="Rows at most"
            value={query.limit ?? MOST_ROWS}
            least={1}
            most={MOST_ROWS}
            onValue={(limit) => change.query({ ...query, limit }, "limit")}
          />
        </>
      )}
    </>
  );
}

interface GroupFieldProps {
  title: string;
  dimensions: readonly { id: string; title: string }[];
  value: string;
  onValue: (id: string) => void;
}

function GroupField({ title, dimensions, value, onValue }: GroupFieldProps) {
  return (
    <SelectField title={title} value={value} problem={null} onValue={onValue}>
      <option value="">Nothing</option>
      {dimensions.map((dimension) => (
        <option key={dimension.id} value={dimension.id}>
          {dimension.title}
        </option>
      ))}
    </SelectField>
  );
}
