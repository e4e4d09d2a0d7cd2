import { tickStep } from "d3-array";

/** What an axis of values reaches over, and where it is marked. */
export interface Ticks {
  domain: [least: number, most: number];
  values: number[];
}

/** Steps of seconds that are round on a clock. */
const CLOCK_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
];

function stepOf(span: number, count: number, unit: string | null | undefined): number {
  const step = tickStep(0, span, count);
  if (unit === "count") return Math.max(step, 1);
  if (unit !== "duration" || span < 2) return step;
  return CLOCK_STEPS.find((round) => span / round <= count) ?? step;
}

/** So many steps, without the errors that adding up fractions makes. */
function multiple(times: number, step: number): number {
  return step < 1 ? times / Math.round(1 / step) : times * step;
}

/** Round steps from at or below the least value to at or above the greatest, about so many as are asked for. */
export function linearTicks(least: number, most: number, count: number, unit?: string | null): Ticks {
  if (least === most && least === 0) return { domain: [0, 1], values: [0] };
  const [low, high] = least === most ? [Math.min(0, least), Math.max(0, most)] : [least, most];
  const step = stepOf(high - low, Math.max(count, 1), unit);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const values = Array.from({ length: last - first + 1 }, (_, index) => multiple(first + index, step));
  return { domain: [multiple(first, step), multiple(last, step)], values };
}

/** The least round step that is not below the given one. */
function roundStep(least: number, unit: string | null | undefined): number {
  if (unit === "duration" && least > 1) {
    return CLOCK_STEPS.find((round) => round >= least) ?? Math.ceil(least / 86_400) * 86_400;
  }
  const power = 10 ** Math.floor(Math.log10(least));
  const parts = unit === "count" && power < 10 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10];
  const part = parts.find((round) => round * power >= least * (1 - 1e-9)) ?? 10;
  return unit === "count" ? Math.max(part * power, 1) : part * power;
}

/** An axis from zero with so many steps, so that its ticks stand on the lines of the other axis. */
export function alignedTicks(most: number, steps: number, unit?: string | null): Ticks {
  if (most <= 0) return linearTicks(0, 0, steps);
  const step = roundStep(most / Math.max(steps, 1), unit);
  const values = Array.from({ length: steps + 1 }, (_, index) => multiple(index, step));
  return { domain: [0, multiple(steps, step)], values };
}

/** Powers of ten around the values, and where they are few, twice and five times each. All values must be above zero. */
export function logTicks(least: number, most: number): Ticks {
  const first = Math.floor(Math.log10(least) + 1e-9);
  const last = Math.max(Math.ceil(Math.log10(most) - 1e-9), first + 1);
  const parts = last - first <= 2 ? [1, 2, 5] : [1];
  const decades = Array.from({ length: last - first }, (_, index) => 10 ** (first + index));
  const values = [...decades.flatMap((decade) => parts.map((part) => part * decade)), 10 ** last];
  const sparse = Math.ceil(values.length / 7);
  return {
    domain: [10 ** first, 10 ** last],
    values: values.filter((_, index) => index % sparse === 0 || index === values.length - 1),
  };
}
