import type { AxisMark } from "@/components/widgets/types";

/** A mark of a dashboard, whose widgets may show different stores. */
export interface DashboardMark extends AxisMark {
  /** The store that it is about; all of them where none is named. */
  store?: string | null;
}

/** The marks that say something of what is shown of these stores; the very same list where all of them do. */
export function marksFor(marks: DashboardMark[], stores: readonly string[]): DashboardMark[] {
  const those = marks.filter(({ store }) => !store || stores.includes(store));
  return those.length === marks.length ? marks : those;
}
