import type { Section, WidgetSize } from "./document";

/** How wide the place of a dashboard is: a phone's, a tablet's, a desk's. */
export type Breadth = "narrow" | "middle" | "wide";

/** How high a row of the grid is, in pixels, and how far its rows are apart. */
export const ROW_HEIGHT = 168;
export const ROW_GAP = 16;

/**
 * How many tracks a section has. Where it is wide, each of its columns has two; on a phone there are two, whatever the
 * columns are, and in between four at most, so that a figure has room.
 */
export function tracksOf(columns: Section["columns"], breadth: Breadth): number {
  if (breadth === "narrow") return 2;
  return breadth === "middle" ? Math.min(2 * columns, 4) : 2 * columns;
}

/** How many tracks a widget takes. */
export function spanOf(size: WidgetSize, columns: Section["columns"], breadth: Breadth): number {
  const tracks = tracksOf(columns, breadth);
  if (size === "small") return 1;
  if (breadth === "narrow" || size === "full") return tracks;
  return size === "medium" ? 2 : Math.min(4, tracks);
}

/** How many rows a widget is high, wherever it is shown. */
export function rowsOf(size: WidgetSize): number {
  if (size === "small") return 1;
  return size === "full" ? 3 : 2;
}

/**
 * How many tracks each of a section's widgets takes where they flow into what room there is, later ones into holes that earlier ones left:
 * what then has its rows for itself takes them whole.
 */
export function filledSpans(
  sizes: readonly WidgetSize[],
  columns: Section["columns"],
  breadth: Breadth,
): number[] {
  const tracks = tracksOf(columns, breadth);
  /** Which widget is at each track of each row. */
  const rows: (number | undefined)[][] = [];
  const places = sizes.map((size, widget) => {
    const span = spanOf(size, columns, breadth);
    const area = (row: number, track: number) =>
      Array.from({ length: rowsOf(size) * span }, (_, cell) => ({
        row: row + Math.floor(cell / span),
        track: track + (cell % span),
      }));
    for (let row = 0; ; row += 1) {
      for (let track = 0; track + span <= tracks; track += 1) {
        const cells = area(row, track);
        if (cells.some((cell) => rows[cell.row]?.[cell.track] !== undefined)) continue;
        for (const cell of cells) (rows[cell.row] ??= [])[cell.track] = widget;
        return { span, row };
      }
    }
  });
  return places.map(({ span, row }, widget) => {
    const own = rows.slice(row, row + rowsOf(sizes[widget] ?? "small")).flat();
    return own.every((one) => one === undefined || one === widget) ? tracks : span;
  });
}
