/** How much slower than it has to be a server may be that is built for tests; for trying things out, and not for CI. */
const FACTOR = process.env.CI === undefined ? Number(process.env.ALOFTLY_SPEED_FACTOR ?? "1") : 1;

/** So many milliseconds at most. */
export function atMost(ms: number): number {
  return ms * FACTOR;
}
