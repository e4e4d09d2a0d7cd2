import type { UseQueryResult } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { DashboardGrid } from "@/components/dashboard/dashboard-grid";
import { FreshnessNotice } from "@/components/freshness-notice";
import { SampleDataNotice } from "@/components/sample-data-notice";
import { DropdownMenuItem } from "@/components/ui/dropdown-menu";
import { StaleNotice } from "@/components/ui/states";
import { ViewBar } from "@/components/view-bar/view-bar";
import type { Dashboard, DashboardDocument, DashboardView, Widget } from "@/lib/dashboards/document";
import { namedCurrency, searchOf } from "@/lib/dashboards/view";
import { useFreshDashboard } from "@/lib/metrics/freshness";
import { DashboardHeader } from "./dashboard-header";
import type { DashboardDialog } from "./dashboard-dialogs";
import type { DashboardPageProps } from "./dashboard-page";
import { EmptyDashboard, NoStores } from "./empty-states";
import { usePageCommands } from "./use-page-commands";
import { useView } from "./use-view";
import { ViewsMenu } from "./views/views-menu";

const Editor = lazy(() => import("./editor/editor"));
const DashboardDialogs = lazy(() => import("./dashboard-dialogs"));

/** Charts on whose axis it is said what happened. */
const OVER_TIME = ["line", "area", "bar"];

type DashboardShownProps = DashboardPageProps & { dashboard: Dashboard; stale: UseQueryResult<Dashboard> };

/** A dashboard that is there: looked at, or changed. */
export function DashboardShown(props: DashboardShownProps) {
  const { dashboard, stale, stores, search, onSearch, onConnect } = props;
  const looked = useView(dashboard.document, dashboard.workspace_id, stores, search);
  const { view, chosen, shown, timezone, dimensions, marks } = looked;
  const freshness = useFreshDashboard(shown);
  const [dialog, setDialog] = useState<DashboardDialog | null>(null);
  const open = search.show ?? dialog;
  const header = useRef<HTMLDivElement>(null);
  const mayEdit = dashboard.may.edit;
  // Without a store nothing is shown, the editor with its way out as little as the rest.
  const canEdit = mayEdit && stores.length > 0;
  const editing = search.edit === true && canEdit;
  usePageCommands({ ...props, canEdit, editing, setDialog });
  useFocusBack(editing, () => header.current?.querySelector<HTMLElement>("[data-edit]") ?? null);

  const [first] = chosen;
  const connect = useMemo(
    () => (onConnect && first ? () => onConnect(first.id) : undefined),
    [onConnect, first],
  );
  const onSelect = useCallback(
    (widget: string | null) => onSearch({ widget: widget ?? undefined }, true),
    [onSearch],
  );
  const onClose = useCallback(() => onSearch({ edit: undefined, widget: undefined }), [onSearch]);
  const named = namedCurrency(dashboard.document.settings, search);
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
          onEdit={canEdit ? () => onSearch({ edit: true }) : undefined}
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
            namedCurrency={named}
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
                namedCurrency={named}
                selected={search.widget ?? null}
                onSelect={onSelect}
                onOpen={props.onOpen}
                onClose={onClose}
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
      {open && (
        <Suspense fallback={null}>
          <DashboardDialogs
            dashboard={dashboard}
            stores={stores}
            looked={looked}
            dialog={open}
            preview={preview}
            onClose={() => {
              setDialog(null);
              if (search.show) onSearch({ show: undefined }, true);
            }}
            onList={props.onList}
            menu={() => header.current?.querySelector<HTMLElement>("[data-menu]") ?? null}
          />
        </Suspense>
      )}
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
