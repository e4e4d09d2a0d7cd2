import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { SelectField, TextField } from "@/components/ui/field";
import type { Dimension } from "@/lib/api/types";
import type { DashboardFilter, DashboardView, FilterOperator } from "@/lib/dashboards/document";
import { OPERATORS } from "@/lib/dashboards/view";
import { useDimensionValues } from "./dimension-values";
import { OPERATOR_TITLES } from "./words";
import { ValueList } from "./value-list";

interface FilterEditorProps {
  /** The filter that is changed; null for a new one. */
  filter: DashboardFilter | null;
  dimensions: readonly Dimension[];
  /** Whose values are offered. */
  view: Pick<DashboardView, "range" | "stores">;
  onSave: (filter: DashboardFilter) => void;
}

const EQUAL: Partial<Record<FilterOperator, FilterOperator>> = { equals: "in", notEquals: "notIn" };

/** What a text says when values are written with commas between them. */
function split(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

/** A condition on a dimension: which, how it is compared, and with what. */
export function FilterEditor({ filter, dimensions, view, onSave }: FilterEditorProps) {
  const id = useId();
  const choices = dimensions.filter((dimension) => dimension.id !== "store");
  const [dimension, setDimension] = useState(filter?.dimension ?? choices[0]?.id ?? "");
  const [operator, setOperator] = useState<FilterOperator>(
    filter ? (EQUAL[filter.operator] ?? filter.operator) : "in",
  );
  const [chosen, setChosen] = useState<string[]>(filter?.values ?? []);
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState(false);
  const offered = useDimensionValues(dimension || null, view);

  const wants = OPERATORS[operator];
  const values =
    wants === "none"
      ? []
      : wants === "one"
        ? [typed.trim() || (chosen[0] ?? "")].filter(Boolean)
        : [...new Set([...chosen, ...split(typed)])];
  const problem = wants !== "none" && values.length === 0 ? "Choose or write a value." : null;

  return (
    <form
      noValidate
      className="flex flex-col gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (problem === null && dimension) onSave({ dimension, operator, values });
      }}
    >
      <SelectField
        title="What"
        value={dimension}
        problem={null}
        onValue={(next) => {
          setDimension(next);
          setChosen([]);
          setTyped("");
        }}
      >
        {choices.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {choice.title}
          </option>
        ))}
      </SelectField>
      <SelectField
        title="How"
        value={operator}
        problem={null}
        onValue={(next) => setOperator(next as FilterOperator)}
      >
        {Object.entries(OPERATOR_TITLES).map(([name, title]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </SelectField>
      {wants === "some" && <ValueList values={offered} chosen={chosen} onChosen={setChosen} />}
      {wants !== "none" && (
        <TextField
          title={wants === "one" ? "Text" : offered.length > 0 ? "Other values" : "Values"}
          {...(wants === "some" && { hint: "With commas between them" })}
          value={wants === "one" ? typed || (chosen[0] ?? "") : typed}
          problem={asked ? problem : null}
          onValue={(text) => {
            setTyped(text);
            if (wants === "one") setChosen([]);
          }}
          list={`${id}-offered`}
          autoComplete="off"
        />
      )}
      <datalist id={`${id}-offered`}>
        {offered.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
      <Button type="submit" variant="primary" disabled={!dimension}>
        {filter ? "Change the filter" : "Add the filter"}
      </Button>
    </form>
  );
}
