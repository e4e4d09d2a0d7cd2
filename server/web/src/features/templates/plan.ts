import type { DashboardDocument, WidgetKind, WidgetSize } from "@/lib/dashboards/document";

/** A widget as a block of so many tracks and rows. */
export interface Block {
  id: string;
  kind: WidgetKind;
  columns: number;
  rows: number;
}

/** A section as a grid of so many tracks. */
export interface Plan {
  id: string;
  tracks: number;
  blocks: Block[];
}

/** How many tracks and rows a widget has in a section of so many columns. */
function sizeOf(size: WidgetSize, columns: number): [columns: number, rows: number] {
  switch (size) {
    case "small":
      return [1, 1];
    case "medium":
      return [2, 2];
    case "large":
      return [Math.min(4, 2 * columns), 2];
    case "full":
      return [2 * columns, 3];
  }
}

/** What a dashboard looks like from afar. */
export function planOf({ sections }: DashboardDocument): Plan[] {
  return sections.map((section) => ({
    id: section.id,
    tracks: 2 * section.columns,
    blocks: section.widgets.map(({ id, kind, size }) => {
      const [columns, rows] = sizeOf(size, section.columns);
      return { id, kind, columns, rows };
    }),
  }));
}

export function countWidgets({ sections }: DashboardDocument): number {
  return sections.reduce((count, { widgets }) => count + widgets.length, 0);
}
