import { useMemo } from "react";
import { DashboardGrid } from "@/components/dashboard/dashboard-grid";
import type { DashboardMark } from "@/components/dashboard/marks";
import type { DashboardView, Widget } from "@/lib/dashboards/document";
import { emptyDocument, newSection } from "@/lib/dashboards/new-widget";

interface PreviewProps {
  widget: Widget;
  view: DashboardView;
  marks: DashboardMark[];
  timezone: string;
}

/** A widget with the figures that it would show. */
export function Preview({ widget, view, marks, timezone }: PreviewProps) {
  const document = useMemo(
    () => ({ ...emptyDocument(), sections: [newSection({ columns: 1, widgets: [widget] })] }),
    [widget],
  );
  return (
    <section
      aria-label="Preview"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-[46vh] min-h-44 overflow-y-auto rounded-lg bg-background p-3"
    >
      <DashboardGrid document={document} view={view} marks={marks} timezone={timezone} />
    </section>
  );
}
