import type { CSSProperties } from "react";
import type { Section, WidgetSize } from "@/lib/dashboards/document";
import { filledSpans, ROW_HEIGHT, rowsOf, spanOf, tracksOf } from "@/lib/dashboards/size";

/*
 * The grid's measures as properties, from which its classes choose by how wide its place is. So it is the same before the
 * page's script has run, in print, and beside an editor's panel.
 */

type Properties = CSSProperties & Record<`--${string}`, string | number>;

/** For an element around the grid: what is chosen by its width. */
export const GRID_PLACE = "@container/grid";

/** Where there is less room than the widgets were put together for, what comes later fills the holes that this leaves. */
export const GRID =
  "grid auto-rows-(--row) grid-flow-row-dense grid-cols-2 gap-3 @min-[40rem]/grid:grid-cols-[repeat(var(--tracks-middle),minmax(0,1fr))] @min-[40rem]/grid:gap-4 @min-[64rem]/grid:grid-flow-row @min-[64rem]/grid:grid-cols-[repeat(var(--tracks-wide),minmax(0,1fr))]";

export const GRID_CELL =
  "col-span-(--span-narrow) row-span-(--rows) min-w-0 break-inside-avoid @min-[40rem]/grid:col-span-(--span-middle) @min-[64rem]/grid:col-span-(--span-wide)";

export function gridStyle(columns: Section["columns"]): Properties {
  return {
    "--row": `${ROW_HEIGHT}px`,
    "--tracks-middle": tracksOf(columns, "middle"),
    "--tracks-wide": tracksOf(columns, "wide"),
  };
}

/** The places of a section's widgets, one after the other. */
export function cellStyles(sizes: readonly WidgetSize[], columns: Section["columns"]): Properties[] {
  const narrow = filledSpans(sizes, columns, "narrow");
  const middle = filledSpans(sizes, columns, "middle");
  return sizes.map((size, index) => ({
    "--span-narrow": narrow[index] ?? spanOf(size, columns, "narrow"),
    "--span-middle": middle[index] ?? spanOf(size, columns, "middle"),
    "--span-wide": spanOf(size, columns, "wide"),
    "--rows": rowsOf(size),
  }));
}
