import { Filter, Plus, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/ui/button";
import { Popover, PopoverTrigger } from "@/components/ui/popover";
import type { Dimension } from "@/lib/api/types";
import type { DashboardFilter, DashboardView } from "@/lib/dashboards/document";
import { LIMITS } from "@/lib/dashboards/limits";
import { filterWords } from "./words";

const FilterPopover = lazy(() => import("./filter-popover"));

interface FilterBarProps {
  filters: readonly DashboardFilter[];
  dimensions: readonly Dimension[];
  view: Pick<DashboardView, "range" | "stores">;
  onFilters: (filters: DashboardFilter[]) => void;
}

/** Filters, each to be changed and taken away, and one more to be added. */
export function FilterBar({ filters, dimensions, view, onFilters }: FilterBarProps) {
  return (
    <>
      {filters.map((filter, index) => (
        <FilterChip
          key={`${index}:${filter.dimension}`}
          filter={filter}
          dimensions={dimensions}
          view={view}
          onChange={(next) => onFilters(filters.map((other, at) => (at === index ? next : other)))}
          onRemove={() => onFilters(filters.filter((_, at) => at !== index))}
        />
      ))}
      {dimensions.length > 0 && filters.length < LIMITS.filters && (
        <AddFilter
          first={filters.length === 0}
          dimensions={dimensions}
          view={view}
          onAdd={(filter) => onFilters([...filters, filter])}
        />
      )}
    </>
  );
}

interface FilterChipProps {
  filter: DashboardFilter;
  dimensions: readonly Dimension[];
  view: Pick<DashboardView, "range" | "stores">;
  onChange: (filter: DashboardFilter) => void;
  onRemove: () => void;
}

function FilterChip({ filter, dimensions, view, onChange, onRemove }: FilterChipProps) {
  const [open, setOpen] = useState(false);
  const words = filterWords(filter, dimensions);
  return (
    <span className="inline-flex h-9 max-w-full min-w-0 items-center rounded-md border border-accent/40 bg-accent-soft">
      <Popover open={open} onOpenChange={setOpen}>
        <PopoverTrigger asChild>
          <button
            type="button"
            className="h-full min-w-0 truncate rounded-l-md pr-1 pl-3 text-accent"
            aria-label={`Filter: ${words}`}
          >
            {words}
          </button>
        </PopoverTrigger>
        {open && (
          <Suspense fallback={null}>
            <FilterPopover
              title="Filter"
              filter={filter}
              dimensions={dimensions}
              view={view}
              onSave={(next) => {
                onChange(next);
                setOpen(false);
              }}
            />
          </Suspense>
        )}
      </Popover>
      <button
        type="button"
        className="inline-flex h-full w-8 shrink-0 items-center justify-center rounded-r-md text-accent hover:bg-accent/10"
        aria-label={`Remove the filter: ${words}`}
        onClick={onRemove}
      >
        <X aria-hidden className="size-4" />
      </button>
    </span>
  );
}

interface AddFilterProps {
  /** Whether there is no other. */
  first: boolean;
  dimensions: readonly Dimension[];
  view: Pick<DashboardView, "range" | "stores">;
  onAdd: (filter: DashboardFilter) => void;
}

export function AddFilter({ first, dimensions, view, onAdd }: AddFilterProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button
          size={first ? "default" : "icon"}
          className="font-normal"
          aria-label={first ? undefined : "Add a filter"}
        >
          {first ? (
            <>
              <Filter aria-hidden className="text-muted-foreground" /> Filter
            </>
          ) : (
            <Plus aria-hidden />
          )}
        </Button>
      </PopoverTrigger>
      {open && (
        <Suspense fallback={null}>
          <FilterPopover
            title="New filter"
            filter={null}
            dimensions={dimensions}
            view={view}
            onSave={(filter) => {
              onAdd(filter);
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </Popover>
  );
}
