import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { DashboardMark } from "@/components/dashboard/marks";
import type { Dimension, Registry, Store } from "@/lib/api/types";
import { factsOf, metricsOf } from "@/lib/dashboards/applicable";
import type { DashboardDocument, DashboardView } from "@/lib/dashboards/document";
import { viewOf, type ViewSearch } from "@/lib/dashboards/view";
import type { DateRange } from "@/lib/dates";
import { useRegistry } from "@/lib/metrics/registry";
import { daysShown, marksOf } from "./annotations/marks";
import { annotationsQuery } from "./annotations/queries";
import { shownStores } from "./shown-stores";

/** What any of a dashboard's widgets can be filtered by. */
function dimensionsOf(document: DashboardDocument, registry: Registry | undefined): Dimension[] {
  if (!registry) return [];
  const facts = factsOf(registry.metrics);
  const widgets = document.sections.flatMap((section) => section.widgets);
  const metrics = widgets.flatMap(({ query }) => (query ? metricsOf(query) : []));
  const known = new Set(metrics.flatMap((id) => facts(id)?.dimensions ?? []));
  return registry.dimensions.filter(({ id }) => known.has(id));
}

export interface Looked {
  view: DashboardView;
  /** The stores that are looked at. */
  chosen: Store[];
  /** Those, and the stores that single widgets show of their own. */
  shown: string[];
  /** The zone that days are counted in; of stores in several, the first one's. */
  timezone: string;
  dimensions: Dimension[];
  marks: DashboardMark[];
  /** The days that are shown; null while the range is none. */
  days: DateRange | null;
}

const NONE: DashboardMark[] = [];

/** How a dashboard is looked at, and what happened on the days that are looked at. */
export function useView(
  document: DashboardDocument,
  workspaceId: string,
  stores: readonly Store[],
  search: ViewSearch,
): Looked {
  const registry = useRegistry();
  const { settings } = document;
  const view = useMemo(() => viewOf(settings, search, stores), [settings, search, stores]);
  const chosen = stores.filter(({ id }) => view.stores.includes(id));
  const shown = useMemo(() => shownStores(document, view, stores), [document, view, stores]);
  const [first] = chosen;
  const days = first ? daysShown(document, view, first) : null;
  const { data: annotations } = useQuery({
    ...annotationsQuery({
      workspaceId,
      stores: shown,
      days: days ?? { from: "", to: "" },
    }),
    enabled: days !== null,
    // They stand beside the figures, which are there without them.
    placeholderData: (previous) => previous,
  });
  const marks = useMemo(() => (annotations ? marksOf(annotations, stores) : NONE), [annotations, stores]);
  return {
    view,
    chosen,
    shown,
    timezone: first?.timezone ?? "UTC",
    dimensions: useMemo(() => dimensionsOf(document, registry), [document, registry]),
    marks,
    days,
  };
}
