import { area, line } from "d3-shape";
import type { ValueScale } from "./scale";
import type { Span } from "./spans";

interface Place {
  x: number;
  from: number;
  to: number;
}

/** Where each span lies in pixels; null where it has no place. */
export function placesOf(
  spans: Span[],
  centres: number[],
  scale: ValueScale,
  base: number,
): (Place | null)[] {
  return spans.map((span, index) => {
    const x = centres[index];
    if (span === null || x === undefined) return null;
    const to = scale(span[1]);
    return to === null ? null : { x, from: scale(span[0]) ?? base, to };
  });
}

type Places = readonly (Place | null)[];

const drawLine = line<Place | null>()
  .defined((place) => place !== null)
  .x((place) => place?.x ?? 0)
  .y((place) => place?.to ?? 0)
  .digits(2);

const drawArea = area<Place | null>()
  .defined((place) => place !== null)
  .x((place) => place?.x ?? 0)
  .y0((place) => place?.from ?? 0)
  .y1((place) => place?.to ?? 0)
  .digits(2);

/** A line through the places, with a gap for each that is missing. */
export function linePath(places: Places): string {
  return drawLine(places) ?? "";
}

export function areaPath(places: Places): string {
  return drawArea(places) ?? "";
}

/** Places with none on either side: a line cannot show them, a dot does. */
export function lonely(places: Places): Place[] {
  return places.filter(
    (place, index): place is Place => place !== null && !places[index - 1] && !places[index + 1],
  );
}
