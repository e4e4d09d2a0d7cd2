const MIN_GAIN = 0.03;
const MIN_ELAPSED_S = 1.5;

/** How far something was at a moment of this browser's own clock, in milliseconds; the server's may be another. */
interface Sight {
  /** 0 to 1. */
  progress: number;
  at: number;
}

export interface Pace {
  first: Sight;
  last: Sight;
}

export function seen(pace: Pace | null, sight: Sight): Pace {
  return { first: pace?.first ?? sight, last: sight };
}

/** How many seconds it will still take at the pace that was seen; null while that would be a guess. */
export function secondsLeft(pace: Pace | null): number | null {
  if (!pace) return null;
  const elapsed = (pace.last.at - pace.first.at) / 1000;
  const gain = pace.last.progress - pace.first.progress;
  if (elapsed < MIN_ELAPSED_S || gain < MIN_GAIN) return null;
  return (elapsed / gain) * (1 - pace.last.progress);
}
