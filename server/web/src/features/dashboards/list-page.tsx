import { useQuery } from "@tanstack/react-query";
import { LayoutDashboard, Plus } from "lucide-react";
import { useMemo, useRef, type ReactNode } from "react";
import { useCommands, type Command } from "@/components/command/commands";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, StaleNotice } from "@/components/ui/states";
import { Button } from "@/components/ui/button";
import type { Session } from "@/lib/api/types";
import { dashboardsQuery } from "@/lib/dashboards/queries";
import { usePageTitle } from "@/lib/page-title";
import { DashboardRow } from "./dashboard-row";
import type { DashboardLink } from "./links";
import { listed, type ListSearch } from "./list";
import { ListBar } from "./list-bar";
import { workspacesQuery } from "./queries";
import { useEditableWorkspaces } from "./rights";

interface ListPageProps {
  session: Session;
  search: ListSearch;
  onSearch: (change: ListSearch) => void;
  /** Leads to where a dashboard is made. */
  newLink: (children: ReactNode) => ReactNode;
  onOpen: (id: string, edit?: boolean) => void;
  Link: DashboardLink;
}

/** All dashboards that one may see, by workspace. */
export function ListPage({ session, search, onSearch, newLink, onOpen, Link }: ListPageProps) {
  usePageTitle("Dashboards");
  const query = useQuery(dashboardsQuery);
  const { data: workspaces } = useQuery(workspacesQuery);
  const editable = useEditableWorkspaces(session, workspaces);
  const field = useRef<HTMLInputElement>(null);
  const card = useRef<HTMLElement>(null);
  const commands = useMemo<Command[]>(
    () => [
      {
        id: "search-dashboards",
        title: "Search the dashboards",
        group: "Dashboards",
        keys: "/",
        run: () => field.current?.focus(),
        goal: () => field.current,
      },
    ],
    [],
  );
  useCommands(commands);
  const groups = query.data && workspaces ? listed(query.data, workspaces, search) : null;
  const makes = editable !== null && editable.length > 0;
  const add = newLink(
    <>
      <Plus aria-hidden /> New dashboard
    </>,
  );
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Dashboards" action={makes && query.data && query.data.length > 0 && add}>
        Pages of figures and charts, put together by you and your team.
      </PageHeader>
      {query.isError && query.data && (
        <StaleNotice
          title="The list could not be brought up to date"
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.data && query.data.length > 0 && (
        <ListBar ref={field} search={search} onSearch={onSearch} workspaces={workspaces ?? []} />
      )}
      <section
        ref={card}
        tabIndex={-1}
        aria-label="Dashboards"
        aria-busy={groups === null && !query.isError}
        className="flex flex-col gap-4 outline-none"
      >
        {groups === null && query.isError ? (
          <Card>
            <ErrorState
              title="The dashboards could not be loaded"
              error={query.error}
              onRetry={() => void query.refetch()}
              className="p-5"
            />
          </Card>
        ) : groups === null ? (
          <ListSkeleton />
        ) : groups.length === 0 ? (
          <Card>
            <NothingListed
              searched={(query.data?.length ?? 0) > 0}
              onAll={() => onSearch({ q: undefined, workspace: undefined })}
              add={makes ? add : null}
            />
          </Card>
        ) : (
          groups.map(({ workspace, dashboards }) => (
            <Card key={workspace.id} aria-labelledby={`workspace-${workspace.id}`}>
              <h2 id={`workspace-${workspace.id}`} className="border-b px-4 py-2.5 font-medium sm:px-5">
                {workspace.name}
              </h2>
              <ul className="divide-y">
                {dashboards.map((dashboard) => (
                  <DashboardRow
                    key={dashboard.id}
                    dashboard={dashboard}
                    mayCopy={editable?.some(({ id }) => id === workspace.id) ?? false}
                    onOpen={onOpen}
                    Link={Link}
                    list={() => card.current}
                  />
                ))}
              </ul>
            </Card>
          ))
        )}
      </section>
    </div>
  );
}

function NothingListed({ searched, onAll, add }: { searched: boolean; onAll: () => void; add: ReactNode }) {
  if (searched) {
    return (
      <EmptyState
        title="No dashboard is called that"
        className="py-16"
        action={<Button onClick={onAll}>Show all</Button>}
      >
        Try fewer letters, or look in every workspace.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<LayoutDashboard aria-hidden strokeWidth={1.5} />}
      title="There is no dashboard yet"
      className="py-16"
      action={add}
    >
      A dashboard shows the figures that you look at every day. Begin with a template, or with an empty page.
    </EmptyState>
  );
}

function ListSkeleton() {
  return (
    <Card className="gap-4 p-5">
      <span className="sr-only">Loading</span>
      {Array.from({ length: 4 }, (_, index) => (
        <Skeleton key={index} className="h-11 w-full" />
      ))}
    </Card>
  );
}
