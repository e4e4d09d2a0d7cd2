import type { ChartMark } from "./types";

/** Marks that stand too close for a button each. */
export interface MarkGroup {
  x: number;
  marks: ChartMark[];
}

const BUTTON = 26;

/** One button for marks whose places are nearer to one another than a button is wide. */
export function groupMarks(marks: ChartMark[], centres: number[], room: number): MarkGroup[] {
  const placed = marks
    .map((mark) => {
      const [from = 0, to = 0] = [centres[mark.first], centres[mark.last]];
      return { mark, x: Math.min(Math.max((from + to) / 2, BUTTON / 2), room - BUTTON / 2) };
    })
    .sort((a, b) => a.x - b.x);
  const groups: MarkGroup[] = [];
  for (const { mark, x } of placed) {
    const last = groups.at(-1);
    if (last && x - last.x < BUTTON) last.marks.push(mark);
    else groups.push({ x, marks: [mark] });
  }
  return groups;
}
