import { Button } from "@/components/ui/button";
import { CheckboxField } from "@/components/ui/checkbox-field";
import { FilterBar } from "@/components/view-bar/filter-bar";
import { filterWords } from "@/components/view-bar/words";
import type { Registry } from "@/lib/api/types";
import { applicable, factsOf } from "@/lib/dashboards/applicable";
import type { DashboardFilter, Widget, WidgetQuestion } from "@/lib/dashboards/document";
import { useEditing } from "../editor-context";
import { listedFilters, writtenFilters } from "./own-filters";
import { dimensionsBeside } from "./question";
import { useWidgetChange } from "./use-widget";

interface FiltersTabProps {
  widget: Widget;
  query: WidgetQuestion;
  registry: Registry;
}

/** Which rows a widget is about: by itself, and as the dashboard says. */
export function FiltersTab({ widget, query, registry }: FiltersTabProps) {
  const { view } = useEditing();
  const change = useWidgetChange(widget);
  const list = listedFilters(query.filters);
  const keep = (filters: DashboardFilter[]) => {
    const next = { ...query };
    const written = writtenFilters(filters);
    if (written) next.filters = written;
    else delete next.filters;
    change.query(next);
  };
  const { unfit } = applicable(view.filters, query, factsOf(registry.metrics));
  return (
    <div className="flex flex-col gap-4">
      <div role="group" aria-label="Its own filters" className="flex flex-wrap gap-2">
        {list ? (
          <FilterBar
            filters={list}
            dimensions={dimensionsBeside(query, registry)}
            view={view}
            onFilters={keep}
          />
        ) : (
          <div className="flex min-w-0 flex-col items-start gap-2">
            <p className="text-sm text-muted-foreground">
              It has a condition that is more than a list of filters:
            </p>
            <pre className="max-w-full overflow-x-auto rounded-md bg-muted p-2 text-xs">
              {JSON.stringify(query.filters, null, 2)}
            </pre>
            <Button size="sm" onClick={() => keep([])}>
              Take it out
            </Button>
          </div>
        )}
      </div>
      <CheckboxField
        title="The dashboard’s filters hold here, too"
        checked={widget.own.filters === "add"}
        onChecked={(on) => change.own({ filters: on ? "add" : "ignore" })}
        hint={
          unfit.length > 0 && widget.own.filters === "add"
            ? `Not all of its figures can be filtered by this: ${unfit
                .map((filter) => filterWords(filter, registry.dimensions))
                .join("; ")}`
            : undefined
        }
      />
    </div>
  );
}
