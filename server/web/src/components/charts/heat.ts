/** The steps of the scale of heat: tokens `--heat-1` and so on. */
export const HEAT_STEPS = 6;

/** Which step a value has between nothing and the greatest; 0 for nothing at all. */
export function heatStep(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0;
  return Math.min(Math.ceil((value / most) * HEAT_STEPS), HEAT_STEPS);
}

export function heatColour(step: number): string {
  return `var(--heat-${step})`;
}
