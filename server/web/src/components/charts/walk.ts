export interface Grid {
  columns: number;
  rows: number;
}

/**
 * Where a key leads to from a place in a grid, counted row by row; null for a key that leads nowhere. A list is a grid of one
 * row, in which up and down do what right and left do, as in a slider.
 */
export function walkFrom(key: string, place: number | null, { columns, rows }: Grid): number | null {
  const count = columns * rows;
  if (count === 0) return null;
  const isList = rows === 1;
  const by = (steps: number) =>
    place === null ? (steps > 0 ? 0 : count - 1) : Math.min(Math.max(place + steps, 0), count - 1);
  const inColumn = (steps: number) => {
    if (place === null) return by(steps);
    const next = place + steps * columns;
    return next >= 0 && next < count ? next : place;
  };
  switch (key) {
    case "ArrowRight":
      return by(1);
    case "ArrowLeft":
      return by(-1);
    case "ArrowUp":
      return isList ? by(1) : inColumn(-1);
    case "ArrowDown":
      return isList ? by(-1) : inColumn(1);
    case "PageUp":
      return by(-Math.max(Math.round(count / 10), 1));
    case "PageDown":
      return by(Math.max(Math.round(count / 10), 1));
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
