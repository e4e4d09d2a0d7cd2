import { SelectField } from "@/components/ui/field";
import type { WidgetQuestion } from "@/lib/dashboards/document";
import { groupsOf, type FigureColumn } from "./question";

interface OrderFieldProps {
  query: WidgetQuestion;
  columns: readonly FigureColumn[];
  dimensions: readonly { id: string; title: string }[];
  onOrder: (order: NonNullable<WidgetQuestion["order_by"]>) => void;
}

/** By what the rows of a table are ordered at first; whoever looks at it may order them otherwise. */
export function OrderField({ query, columns, dimensions, onOrder }: OrderFieldProps) {
  const [order] = query.order_by ?? [];
  const isOverTime = query.granularity !== undefined && query.granularity !== "none";
  const fields = [
    ...(isOverTime ? [{ key: "time", title: "Time" }] : []),
    ...columns,
    ...dimensions
      .filter(({ id }) => groupsOf(query).includes(id))
      .map(({ id, title }) => ({ key: id, title })),
  ];
  const value = order ? `${order.field} ${order.direction ?? "desc"}` : "";
  return (
    <SelectField
      title="Order"
      value={value}
      problem={null}
      onValue={(next) => {
        const [field = "", direction] = next.split(" ");
        onOrder(field === "" ? [] : [{ field, direction: direction === "asc" ? "asc" : "desc" }]);
      }}
    >
      <option value="">As it comes</option>
      {fields.flatMap(({ key, title }) => [
        <option key={`${key} desc`} value={`${key} desc`}>
          {title}, from the top
        </option>,
        <option key={`${key} asc`} value={`${key} asc`}>
          {title}, from the bottom
        </option>,
      ])}
    </SelectField>
  );
}
