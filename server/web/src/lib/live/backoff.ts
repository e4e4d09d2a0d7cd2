const FIRST_MS = 2000;
const LONGEST_MS = 30_000;

/**
 * How long to wait before trying again after so many failures in a row: 1 to 2 seconds after the first, twice as long after each
 * further one, 15 to 30 seconds in the end. Which of it is left to chance, so that not everybody comes back at the same moment.
 */
export function backoff(failures: number, chance: number = Math.random()): number {
  const most = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
  return (most / 2) * (1 + chance);
}
