import type { DashboardMark } from "@/components/dashboard/marks";
import type { Annotation, Store } from "@/lib/api/types";
import { todayIn, type DateRange } from "@/lib/dates";
import type { DashboardDocument, DashboardView } from "@/lib/dashboards/document";
import { parseRange, resolveRange } from "@/lib/metrics/range";

/** What names an annotation where it is listed; the ones that are found have no id. */
export function annotationKey({ id, kind, store_id, first_day, title }: Annotation): string {
  return id ?? [kind, store_id ?? "", first_day, title].join(":");
}

/** Annotations as charts show them; which store one is about is said where there are several. */
export function marksOf(annotations: readonly Annotation[], stores: readonly Store[]): DashboardMark[] {
  return annotations.map((annotation) => {
    const store = stores.length > 1 ? stores.find(({ id }) => id === annotation.store_id) : undefined;
    return {
      id: annotationKey(annotation),
      first: annotation.first_day,
      last: annotation.last_day,
      title: store ? `${annotation.title} (${store.name})` : annotation.title,
      kind: annotation.kind,
      automatic: annotation.automatic,
      store: annotation.store_id ?? null,
    };
  });
}

/** The days that any of a dashboard's widgets may show. */
export function daysShown(
  document: DashboardDocument,
  view: Pick<DashboardView, "range">,
  store: Store,
): DateRange | null {
  const own = document.sections.flatMap(({ widgets }) => widgets.map((widget) => widget.own.range));
  const calendar = {
    today: todayIn(store.timezone),
    weekStart: store.week_start,
    data: store.data_from && store.data_to ? { from: store.data_from, to: store.data_to } : undefined,
  };
  const ranges = [...new Set([view.range, ...own])]
    .map((text) => parseRange(text))
    .filter((range) => range !== undefined)
    .map((range) => resolveRange(range, calendar));
  const from = ranges.map((range) => range.from).sort()[0];
  const to = ranges
    .map((range) => range.to)
    .sort()
    .at(-1);
  return from !== undefined && to !== undefined && from <= to ? { from, to } : null;
}
