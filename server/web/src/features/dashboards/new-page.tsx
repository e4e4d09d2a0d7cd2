import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import type { Session, Workspace } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import { workspacesQuery } from "./queries";
import { useEditableWorkspaces } from "./rights";

interface NewPageProps {
  session: Session;
  /** What a dashboard can begin with, in one of these workspaces. */
  gallery: (workspaces: readonly Workspace[]) => ReactNode;
  /** Leads to the list of all. */
  back: ReactNode;
}

/** Where a dashboard is made. */
export function NewPage({ session, gallery, back }: NewPageProps) {
  usePageTitle("New dashboard", "Dashboards");
  const query = useQuery(workspacesQuery);
  const workspaces = useEditableWorkspaces(session, query.data);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="New dashboard" action={back}>
        Begin with one that is ready to use, or with an empty page. Everything on it can be changed.
      </PageHeader>
      {query.isError && !query.data ? (
        <Card>
          <ErrorState
            title="The workspaces could not be loaded"
            error={query.error}
            onRetry={() => void query.refetch()}
            className="p-5"
          />
        </Card>
      ) : workspaces === null ? (
        <Skeleton className="h-96 w-full" />
      ) : workspaces.length === 0 ? (
        <Card>
          <EmptyState title="You look at dashboards, and others make them" className="py-16">
            Ask an admin of {session.organization.name} to make you an editor of a workspace.
          </EmptyState>
        </Card>
      ) : (
        gallery(workspaces)
      )}
    </div>
  );
}
