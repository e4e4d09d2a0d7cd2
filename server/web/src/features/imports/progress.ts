import { secondsLeft as secondsAtPace, type Pace } from "@/lib/pace";

/** The share of an import's work after which the file is read and its records are being saved, at once and in no steps. */
const READ = 0.8;

export function isSaving(progress: number): boolean {
  return progress >= READ;
}

/** How many seconds an import will still take at the pace that was seen; null while that would be a guess. */
export function secondsLeft(pace: Pace | null): number | null {
  return pace && isSaving(pace.last.progress) ? null : secondsAtPace(pace);
}
