import { useQuery } from "@tanstack/react-query";
import { UserPlus, Users } from "lucide-react";
import { useRef, useState } from "react";
import { NoMail } from "@/components/no-mail";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, StaleNotice } from "@/components/ui/states";
import { Table, TableHead } from "@/components/ui/table";
import { useNoMail } from "@/lib/api/methods";
import type { Session } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import { may } from "@/lib/permissions";
import { InviteDialog } from "./invite-dialog";
import { InvitesCard } from "./invites-card";
import { MemberRow } from "./member-row";
import { membersQuery } from "./queries";

interface MembersPageProps {
  session: Session;
  /** One's own role is another one now. */
  onOwnRoleChanged: () => void;
  onLeft: () => void;
}

export function MembersPage({ session, onOwnRoleChanged, onLeft }: MembersPageProps) {
  usePageTitle("Members", "Settings");
  const query = useQuery(membersQuery);
  const card = useRef<HTMLElement>(null);
  const [inviting, setInviting] = useState(false);
  const self = query.data?.find((member) => member.user_id === session.user.id);
  const knowsAll = may(session, "manage_members");
  const noMail = useNoMail();
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Members"
        action={
          knowsAll &&
          !noMail && (
            <Button variant="primary" onClick={() => setInviting(true)}>
              <UserPlus aria-hidden /> Invite people
            </Button>
          )
        }
      >
        Who belongs to {session.organization.name}, and what they may do.
      </PageHeader>
      {knowsAll && noMail && <NoMail>Nobody can be invited, because invitations go by mail.</NoMail>}
      {query.isError && query.data && (
        <StaleNotice
          title="The list could not be brought up to date"
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      <Card
        ref={card}
        tabIndex={-1}
        aria-label="Members"
        aria-busy={query.isPending}
        className="outline-none"
      >
        {query.data ? (
          query.data.length === 0 ? (
            <EmptyState
              icon={<Users aria-hidden strokeWidth={1.5} />}
              title="Nobody is here"
              className="py-16"
            >
              People who belong to the organisation are listed here.
            </EmptyState>
          ) : (
            <Table label="Members">
              <thead className="max-md:sr-only">
                <tr>
                  <TableHead>Member</TableHead>
                  <TableHead>Role</TableHead>
                  <TableHead className="hidden md:table-cell">Workspaces</TableHead>
                  {knowsAll && <TableHead className="hidden md:table-cell">Last seen</TableHead>}
                  <TableHead>
                    <span className="sr-only">Actions</span>
                  </TableHead>
                </tr>
              </thead>
              <tbody>
                {query.data.map((member) => (
                  <MemberRow
                    key={member.user_id}
                    member={member}
                    session={session}
                    self={self}
                    knowsAll={knowsAll}
                    onOwnRoleChanged={onOwnRoleChanged}
                    onLeft={onLeft}
                    list={() => card.current}
                  />
                ))}
              </tbody>
            </Table>
          )
        ) : query.isError ? (
          <ErrorState
            title="The members could not be loaded"
            error={query.error}
            onRetry={() => void query.refetch()}
            className="p-5"
          />
        ) : (
          <div className="flex flex-col gap-4 p-5">
            <span className="sr-only">Loading</span>
            {Array.from({ length: 3 }, (_, index) => (
              <Skeleton key={index} className="h-10 w-full" />
            ))}
          </div>
        )}
      </Card>
      {knowsAll && <InvitesCard list={() => card.current} />}
      {inviting && <InviteDialog session={session} onClose={() => setInviting(false)} />}
    </div>
  );
}
