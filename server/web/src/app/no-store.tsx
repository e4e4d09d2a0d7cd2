import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";
import { sessionQuery } from "@/features/auth/session";
import { may } from "@/lib/permissions";
import { Bar } from "./header";

/** For who sees no store. */
export function NoStore() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  return (
    <>
      <Bar />
      <main className="flex min-h-[80dvh] flex-col items-center justify-center">
        <h1 className="sr-only">Stores</h1>
        {/* Who may add stores sees every store there is; anybody else those of their workspaces. */}
        {may(session, "manage_workspaces") ? (
          <EmptyState
            title="There is no store yet"
            action={
              <Button asChild variant="primary">
                <Link to="/welcome">Add a store</Link>
              </Button>
            }
          >
            Everything else begins with one: its data, your dashboards, their figures.
          </EmptyState>
        ) : (
          <EmptyState title="You see no store yet">
            Ask an admin of {session.organization.name} to add you to a workspace. Its stores will be here
            when the page is loaded again.
          </EmptyState>
        )}
      </main>
    </>
  );
}
