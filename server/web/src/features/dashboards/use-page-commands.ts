import { useMemo } from "react";
import { useCommands, type Command } from "@/components/command/commands";
import type { Dashboard } from "@/lib/dashboards/document";
import { widgetTitle } from "@/lib/dashboards/titles";
import type { DashboardSearch } from "@/lib/dashboards/view";
import { useRegistry } from "@/lib/metrics/registry";
import type { DashboardDialog } from "./dashboard-dialogs";

interface PageCommands {
  dashboard: Dashboard;
  canEdit: boolean;
  editing: boolean;
  onSearch: (change: DashboardSearch) => void;
  setDialog: (dialog: DashboardDialog) => void;
}

/** The place of a widget on the page, made one that can have the focus. */
function placeOf(id: string): HTMLElement | null {
  const place = document.querySelector<HTMLElement>(`[data-widget="${id}"]`);
  if (place) place.tabIndex = -1;
  return place;
}

/** What can be done with the dashboard by keys and in the palette, and a way to each of its widgets. */
export function usePageCommands({ dashboard, canEdit, editing, onSearch, setDialog }: PageCommands): void {
  const registry = useRegistry();
  const { may } = dashboard;

  const actions = useMemo<Command[]>(() => {
    if (editing) return [];
    const group = "This dashboard";
    const all: (Command & { if?: boolean })[] = [
      { id: "edit", title: "Edit", group, keys: "e", if: canEdit, run: () => onSearch({ edit: true }) },
      {
        id: "share",
        title: "Share",
        group,
        words: "link embed",
        if: may.share,
        run: () => setDialog("share"),
      },
      {
        id: "happened",
        title: "What happened",
        group,
        words: "annotations notes",
        run: () => onSearch({ show: "annotations" }),
      },
      {
        id: "history",
        title: "History",
        group,
        words: "versions restore",
        run: () => onSearch({ show: "history" }),
      },
      {
        id: "visibility",
        title: "Who sees it",
        group,
        words: "visibility private public",
        if: may.edit,
        run: () => setDialog("visibility"),
      },
      { id: "print", title: "Print", group, run: () => setTimeout(() => window.print()) },
    ];
    return all.filter((command) => command.if !== false);
  }, [canEdit, editing, may.edit, may.share, onSearch, setDialog]);
  useCommands(actions);

  const widgets = useMemo<Command[]>(
    () =>
      dashboard.document.sections.flatMap((section) =>
        section.widgets.map((widget) => ({
          id: `widget-${widget.id}`,
          title: widgetTitle(widget, registry),
          group: "Widgets",
          ...(section.title && { hint: section.title }),
          run: () => placeOf(widget.id)?.scrollIntoView({ block: "center" }),
          goal: () => placeOf(widget.id),
        })),
      ),
    [dashboard, registry],
  );
  useCommands(widgets);
}
