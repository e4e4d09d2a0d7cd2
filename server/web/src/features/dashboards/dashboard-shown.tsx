import type { UseQueryResult } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { DashboardGrid } from "@/components/dashboard/dashboard-grid";
import { FreshnessNotice } from "@/components/freshness-notice";
import { SampleDataNotice } from "@/components/sample-data-notice";
import { DropdownMenuItem } from "@/components/ui/dropdown-menu";
import { StaleNotice } from "@/components/ui/states";
import { ViewBar } from "@/components/view-bar/view-bar";
import type { Dashboard, DashboardDocument, DashboardView, Widget } from "@/lib/dashboards/document";
import { searchOf } from "@/lib/dashboards/view";
import { useFreshDashboard } from "@/lib/metrics/freshness";
import { DashboardHeader } from "./dashboard-header";
import { DashboardDialogs, type DashboardDialog } from "./dashboard-dialogs";
import type { DashboardPageProps } from "./dashboard-page";
import { EmptyDashboard, NoStores } from "./empty-states";
import { usePageCommands } from "./use-page-commands";
import { useView } from "./use-view";
import { ViewsMenu } from "./views/views-menu";

const Editor = lazy(() => import("./editor/editor"));

/** Charts on whose axis it is said what happened. */
const OVER_TIME = ["line", "area", "bar"];

type DashboardShownProps = DashboardPageProps & { dashboard: Dashboard; stale: UseQueryResult<Dashboard> };

/** A dashboard that is there: looked at, or changed. */
export function DashboardShown(props: DashboardShownProps) {
  const { dashboard, stale, stores, search, onSearch, onConnect } = props;
  const looked = useView(dashboard.document, dashboard.workspace_id, stores, search);
  const { view, chosen, timezone, dimensions, marks } = looked;
  const freshness = useFreshDashboard(view.stores);
  const [dialog, setDialog] = useState<DashboardDialog | null>(null);
  const header = useRef<HTMLDivElement>(null);
  const mayEdit = dashboard.may.edit;
  const editing = search.edit === true && mayEdit;
  usePageCommands({ ...props, editing, setDialog });
  useFocusBack(editing, () => header.current?.querySelector<HTMLElement>("[data-edit]") ?? null);

  const [first] = chosen;
  const connect = useMemo(
    () => (onConnect && first ? () => onConnect(first.id) : undefined),
    [onConnect, first],
  );
  const onView = (change: Partial<DashboardView>) =>
    onSearch(searchOf(dashboard.document.settings, change, stores));
  const shared = { view, marks, timezone, ...(connect && { onConnect: connect }) };
  const menuOf = (widget: Widget) =>
    mayEdit && (
      <>
        <DropdownMenuItem onSelect={() => onSearch({ edit: true, widget: widget.id })}>
          Change this widget
        </DropdownMenuItem>
        {OVER_TIME.includes(widget.kind) && (
          <DropdownMenuItem onSelect={() => setDialog("annotate")}>Note what happened…</DropdownMenuItem>
        )}
      </>
    );
  const preview = (document: DashboardDocument) => <DashboardGrid document={document} {...shared} />;

  return (
    <div className="flex flex-col gap-4">
      <SampleDataNotice stores={chosen.filter(({ sample_data_at }) => sample_data_at)} />
      {editing ? (
        <h1 className="sr-only">{dashboard.name}</h1>
      ) : (
        <DashboardHeader
          ref={header}
          dashboard={dashboard}
          onEdit={() => onSearch({ edit: true })}
          onDialog={setDialog}
          onSearch={onSearch}
          onOpen={props.onOpen}
        />
      )}
      {stale.isError && (
        <StaleNotice error={stale.error} busy={stale.isFetching} onRetry={() => void stale.refetch()} />
      )}
      {stores.length === 0 ? (
        <NoStores />
      ) : (
        <>
          <ViewBar
            stores={[...stores]}
            view={view}
            onView={onView}
            dimensions={dimensions}
            savedViews={
              <ViewsMenu
                dashboardId={dashboard.id}
                mayEdit={mayEdit}
                search={search}
                onShow={(shown) =>
                  onSearch({
                    ...NO_VIEW,
                    ...shown?.search,
                    view: shown?.id ?? undefined,
                  })
                }
              />
            }
          />
          <FreshnessNotice age={freshness.age} />
          {editing ? (
            <Suspense fallback={preview(dashboard.document)}>
              <Editor
                key={dashboard.id}
                dashboard={dashboard}
                stores={stores}
                {...shared}
                selected={search.widget ?? null}
                onSelect={(widget) => onSearch({ widget: widget ?? undefined }, true)}
                onOpen={props.onOpen}
                onClose={() => onSearch({ edit: undefined, widget: undefined })}
                Guard={props.Guard}
              />
            </Suspense>
          ) : dashboard.widgets === 0 ? (
            <EmptyDashboard onEdit={mayEdit ? () => onSearch({ edit: true }) : undefined} />
          ) : (
            <DashboardGrid document={dashboard.document} {...shared} renderMenu={menuOf} />
          )}
        </>
      )}
      <DashboardDialogs
        dashboard={dashboard}
        stores={stores}
        looked={looked}
        dialog={search.show ?? dialog}
        preview={preview}
        onClose={() => {
          setDialog(null);
          if (search.show) onSearch({ show: undefined }, true);
        }}
        onList={props.onList}
        menu={() => header.current?.querySelector<HTMLElement>("[data-menu]") ?? null}
      />
    </div>
  );
}

const NO_VIEW = {
  range: undefined,
  compare: undefined,
  stores: undefined,
  f: undefined,
  currency: undefined,
};

/** Whoever is done with changing goes on from the button that it began with. */
function useFocusBack(editing: boolean, goal: () => HTMLElement | null): void {
  const before = useRef(editing);
  useEffect(() => {
    if (before.current && !editing) goal()?.focus();
    before.current = editing;
  });
}
