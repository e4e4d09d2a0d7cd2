/** The share of an import's work after which the file is read and its records are being saved, at once and in no steps. */
const READ = 0.8;
const MIN_GAIN = 0.03;
const MIN_ELAPSED_S = 1.5;

/** How far an import was at a moment of this browser's own clock, in milliseconds; the server's may be another. */
interface Sight {
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

export function isSaving(progress: number): boolean {
  return progress >= READ;
}

/** How many seconds an import will still take at the pace that was seen; null while that would be a guess. */
export function secondsLeft(pace: Pace | null): number | null {
  if (!pace || isSaving(pace.last.progress)) return null;
  const elapsed = (pace.last.at - pace.first.at) / 1000;
  const gain = pace.last.progress - pace.first.progress;
  if (elapsed < MIN_ELAPSED_S || gain < MIN_GAIN) return null;
  return (elapsed / gain) * (1 - pace.last.progress);
}
