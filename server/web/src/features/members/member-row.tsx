import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { Refusal } from "@/components/ui/refusal";
import { TableCell, TableRow } from "@/components/ui/table";
import { Ago } from "@/components/ui/time";
import type { Member, Session } from "@/lib/api/types";
import { MemberActions } from "./member-actions";
import { useChangeRole } from "./queries";
import { nameOf, rightsOver, ROLES, WORKSPACE_ROLES, worksEverywhere } from "./rights";
import { RoleSelect } from "./role-select";

interface MemberRowProps {
  member: Member;
  session: Session;
  /** Whoever is signed in, as a member. */
  self: Member | undefined;
  /** Whether all workspaces of a member are listed, and when they were here: that is for who manages members. */
  knowsAll: boolean;
  onOwnRoleChanged: () => void;
  onLeft: () => void;
  /** Where to go on when the row is gone. */
  list: () => HTMLElement | null;
}

export function MemberRow(props: MemberRowProps) {
  const { member, session, self, knowsAll, onOwnRoleChanged, onLeft, list } = props;
  const rights = rightsOver(session, member, self);
  const change = useChangeRole(member);
  const organization = session.organization.name;
  return (
    <>
      {/* On a phone a row is a grid: who and the menu side by side, the role below them. */}
      <TableRow className="align-top max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:py-1 max-md:first:border-t-0">
        <TableCell className="h-auto py-3 max-md:py-2 md:max-w-72">
          <div className="flex gap-3">
            <Avatar name={nameOf(member)} className="mt-0.5" />
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-x-2">
                <span className="min-w-0 font-medium break-words">{nameOf(member)}</span>
                {rights.isSelf && <Badge>You</Badge>}
              </p>
              <p className="text-sm break-words text-muted-foreground">{member.email}</p>
              <div className="text-sm text-muted-foreground md:hidden">
                <Workspaces member={member} knowsAll={knowsAll} />
                {knowsAll && (
                  <p>
                    Last seen: <LastSeen member={member} />
                  </p>
                )}
              </div>
            </div>
          </div>
        </TableCell>
        <TableCell className="h-auto py-3 max-md:col-span-2 max-md:row-start-2 max-md:pt-0 max-md:pb-2 max-md:pl-14">
          {rights.roles.length > 0 ? (
            <RoleSelect
              member={member}
              organization={organization}
              rights={rights}
              change={change}
              onOwnRoleChanged={onOwnRoleChanged}
            />
          ) : (
            ROLES[member.role]
          )}
        </TableCell>
        <TableCell className="hidden py-3 md:table-cell">
          <Workspaces member={member} knowsAll={knowsAll} />
        </TableCell>
        {knowsAll && (
          <TableCell className="hidden py-3 whitespace-nowrap md:table-cell">
            <LastSeen member={member} />
          </TableCell>
        )}
        <TableCell className="h-auto py-3 text-right max-md:py-2 max-md:pr-4">
          <MemberActions
            member={member}
            organization={organization}
            rights={rights}
            onOwnRoleChanged={onOwnRoleChanged}
            onLeft={onLeft}
            list={list}
          />
        </TableCell>
      </TableRow>
      {change.isError && (
        <tr>
          <td colSpan={5} className="px-4 pb-3 max-md:block sm:px-5">
            <Refusal error={change.error} />
          </td>
        </tr>
      )}
    </>
  );
}

function Workspaces({ member, knowsAll }: Pick<MemberRowProps, "member" | "knowsAll">) {
  if (worksEverywhere(member)) return <p className="text-muted-foreground">All workspaces</p>;
  if (member.workspaces.length === 0) {
    return <p className="text-muted-foreground">{knowsAll ? "No workspace" : "None of yours"}</p>;
  }
  return (
    <ul>
      {member.workspaces.map((place) => (
        <li key={place.id}>
          {place.name} <span className="text-muted-foreground">· {WORKSPACE_ROLES[place.role]}</span>
        </li>
      ))}
    </ul>
  );
}

function LastSeen({ member }: { member: Member }) {
  if (member.last_seen_at) return <Ago instant={member.last_seen_at} />;
  return <span title="There is no session of theirs in this organisation.">Not signed in</span>;
}
