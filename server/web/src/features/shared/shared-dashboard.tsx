import { useMemo, type ReactNode } from "react";
import { DashboardGrid } from "@/components/dashboard/dashboard-grid";
import type { ApiError } from "@/lib/api/error";
import type { Shared } from "@/lib/api/types";
import { factsOf } from "@/lib/dashboards/applicable";
import { withDocument } from "@/lib/dashboards/document";
import { DataSourceContext } from "@/lib/metrics/data-source";
import { answeredQuestions } from "./questions";
import type { SharedSearch } from "./search";
import { SharedDays } from "./shared-days";
import { SharedFrame, type Frame } from "./shared-frame";
import { sharedView } from "./shared-view";
import { useSharedFigures } from "./use-shared-figures";
import type { Visit } from "./visit";

interface SharedDashboardViewProps {
  frame: Frame;
  dashboard: NonNullable<Shared["dashboard"]>;
  visit: Visit;
  search: SharedSearch;
  onSearch: (search: SharedSearch) => void;
  tools?: ReactNode;
  onRefused: (error: ApiError) => void;
}

/** Nothing is chosen: one object, so that it is the same each time. */
const NOTHING: SharedSearch = {};

/** A dashboard, with the figures that a link answers. */
export function SharedDashboardView(props: SharedDashboardViewProps) {
  const { frame, dashboard, visit, search, onSearch, tools, onRefused } = props;
  const { stores, may_change_range: mayChoose, registry, revision } = dashboard;
  const { document } = useMemo(() => withDocument(dashboard), [dashboard]);
  const chosen = mayChoose ? search : NOTHING;
  const { view, range, comparison, days } = useMemo(
    () => sharedView(document, stores, chosen),
    [document, stores, chosen],
  );
  const questions = useMemo(
    () => answeredQuestions(document, view, factsOf(registry.metrics)),
    [document, view, registry],
  );
  const source = useSharedFigures({ visit, days, revision, questions, onRefused });
  const madeUp = stores.filter((store) => store.has_sample_data);
  const [first] = stores;
  return (
    <SharedFrame
      frame={frame}
      tools={tools}
      days={
        first && (
          <SharedDays
            range={range}
            comparison={comparison}
            store={first}
            onChoose={mayChoose ? (change) => onSearch({ ...search, ...change }) : undefined}
          />
        )
      }
    >
      {madeUp.length > 0 && (
        <p role="note" className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          The figures of {madeUp.map(({ name }) => name).join(", ")} are made up.
        </p>
      )}
      <DataSourceContext value={source}>
        <DashboardGrid document={document} view={view} marks={[]} timezone={first?.timezone ?? "UTC"} />
      </DataSourceContext>
    </SharedFrame>
  );
}
