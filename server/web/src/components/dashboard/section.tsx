import { ChevronRight } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { HeadingContext } from "@/components/widgets/heading-level";
import { cn } from "@/lib/cn";
import type { Section, Widget } from "@/lib/dashboards/document";
import { cellStyles, GRID, GRID_CELL, GRID_PLACE, gridStyle } from "./grid";

interface DashboardSectionProps {
  section: Section;
  renderWidget: (widget: Widget) => ReactNode;
}

/** Widgets that stand together. One with a title can be opened and closed; a closed one asks nothing. */
export function DashboardSection({ section, renderWidget }: DashboardSectionProps) {
  const id = useId();
  const { title, columns, collapsed, widgets } = section;
  const [isOpen, setOpen] = useState(!collapsed);
  const [told, setTold] = useState(collapsed);
  // The document says so anew, as an editor has it.
  if (told !== collapsed) {
    setTold(collapsed);
    setOpen(!collapsed);
  }
  const hasTitle = title !== null && title !== "";
  const shown = isOpen || !hasTitle;
  const places = cellStyles(
    widgets.map(({ size }) => size),
    columns,
  );
  const grid = (
    <div className={GRID_PLACE}>
      <div id={id} className={GRID} style={gridStyle(columns)}>
        {widgets.map((widget, index) => (
          <div key={widget.id} data-widget={widget.id} className={GRID_CELL} style={places[index]}>
            {renderWidget(widget)}
          </div>
        ))}
      </div>
    </div>
  );
  if (!hasTitle) return grid;
  return (
    <section aria-labelledby={`${id}-title`} className="flex flex-col gap-2">
      <h2 id={`${id}-title`} className="text-base font-semibold">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={shown ? id : undefined}
          onClick={() => setOpen(!isOpen)}
          className="-ml-1.5 inline-flex min-h-8 items-center gap-1 rounded pr-2 text-left"
        >
          <ChevronRight
            aria-hidden
            className={cn(
              "size-4 text-muted-foreground transition-transform duration-100 print:hidden",
              isOpen && "rotate-90",
            )}
          />
          {title}
        </button>
      </h2>
      {shown && <HeadingContext value={3}>{grid}</HeadingContext>}
    </section>
  );
}
