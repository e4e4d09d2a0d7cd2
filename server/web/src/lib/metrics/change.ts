import type { Change } from "./response";

export type Direction = "up" | "down" | "level";
export type Tone = "good" | "bad" | "neutral";

// What is written as 0.0%.
const LEVEL = 0.0005;

/** Which way a metric went; null when one of the two periods has no value to compare. */
export function directionOf({ value, delta, ratio }: Change): Direction | null {
  if (delta === null || value === null) return null;
  const difference = Number(delta);
  if (difference === 0) return ratio === null ? null : "level";
  // Without a ratio the previous value was zero: growth from nothing is "new", a fall below it cannot be put in percent.
  if (ratio === null && difference < 0) return null;
  if (ratio !== null && Math.abs(ratio) < LEVEL) return "level";
  return difference > 0 ? "up" : "down";
}

export function toneOf(direction: Direction, higherIsBetter: boolean | null): Tone {
  if (direction === "level" || higherIsBetter === null) return "neutral";
  return (direction === "up") === higherIsBetter ? "good" : "bad";
}
