import type { Import } from "@/lib/api/types";

const MIN_SHARE = 0.03;
const MIN_ELAPSED_S = 1.5;

/** How many seconds an import will still take at its pace so far; null while that would be a guess. */
export function secondsLeft(
  item: Pick<Import, "progress" | "started_at">,
  now: Date = new Date(),
): number | null {
  if (!item.started_at) return null;
  const elapsed = (now.getTime() - Date.parse(item.started_at)) / 1000;
  if (elapsed < MIN_ELAPSED_S || item.progress < MIN_SHARE || item.progress >= 1) return null;
  return (elapsed / item.progress) * (1 - item.progress);
}
