/** Whether a point belongs to a stretch that is drawn dashed: it is partial itself, or next to one that is. */
export function touchesPartial(partial: readonly boolean[], index: number): boolean {
  return [partial[index - 1], partial[index], partial[index + 1]].includes(true);
}

/**
 * A line with partial buckets in two: the whole ones, and the partial ones with their neighbours, which are drawn dashed
 * and so are joined to them.
 */
export function splitPartial<T>(
  values: readonly (T | null)[],
  partial: readonly boolean[],
): { whole: (T | null)[]; partial: (T | null)[] } {
  return {
    whole: values.map((value, index) => (partial[index] ? null : value)),
    partial: values.map((value, index) => (touchesPartial(partial, index) ? value : null)),
  };
}
