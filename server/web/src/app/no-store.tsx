import { useSuspenseQuery } from "@tanstack/react-query";
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
        {/* Who manages members sees every store there is; anybody else those of their workspaces. */}
        {may(session, "manage_members") ? (
          <EmptyState title="There is no store yet">
            Whoever runs this server adds the first one. It will be here when the page is loaded again.
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
