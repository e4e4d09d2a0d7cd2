import { LayoutDashboard, Plus } from "lucide-react";
import { useCallback, useMemo, type ReactNode } from "react";
import { DashboardGrid } from "@/components/dashboard/dashboard-grid";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";
import type { DashboardMark } from "@/components/dashboard/marks";
import type { DashboardDocument, DashboardView } from "@/lib/dashboards/document";
import { EditableWidget } from "./editable-widget";
import { useEditing } from "./editor-context";
import { SectionFrame } from "./section-frame";

interface CanvasProps {
  view: DashboardView;
  marks: DashboardMark[];
  timezone: string;
  onConnect?: (source: string) => void;
}

/** While it is changed, a section is open, and its title is a field above it. */
function opened(document: DashboardDocument): DashboardDocument {
  const sections = document.sections.map((section) => ({ ...section, title: null, collapsed: false }));
  return { ...document, sections };
}

/** The dashboard as it will be, with handles. */
export function Canvas({ view, marks, timezone, onConnect }: CanvasProps) {
  const { document, pick } = useEditing();
  const shown = useMemo(() => opened(document), [document]);
  const wrapWidget = useCallback(
    (widget: ReactNode, id: string) => <EditableWidget id={id}>{widget}</EditableWidget>,
    [],
  );
  const wrapSection = useCallback(
    (section: ReactNode, id: string) => <SectionFrame id={id}>{section}</SectionFrame>,
    [],
  );
  if (document.sections.length === 0) {
    return (
      <EmptyState
        icon={<LayoutDashboard aria-hidden strokeWidth={1.5} />}
        title="An empty page"
        className="rounded-xl border border-dashed border-input py-20"
        action={
          <Button variant="primary" onClick={() => pick(null)}>
            <Plus aria-hidden /> Add a widget
          </Button>
        }
      >
        Choose a figure, a chart or a text to begin with. It can be moved and changed later.
      </EmptyState>
    );
  }
  return (
    <DashboardGrid
      document={shown}
      view={view}
      marks={marks}
      timezone={timezone}
      wrapSection={wrapSection}
      wrapWidget={wrapWidget}
      {...(onConnect && { onConnect })}
    />
  );
}
