import type { Member, OrgRole, Session, WorkspaceRole } from "@/lib/api/types";
import { may } from "@/lib/permissions";

export const ROLES: Record<OrgRole, string> = {
  viewer: "Viewer",
  member: "Member",
  admin: "Admin",
  owner: "Owner",
};

export const WORKSPACE_ROLES: Record<WorkspaceRole, string> = {
  viewer: "Viewer",
  editor: "Editor",
  admin: "Admin",
};

export interface Rights {
  isSelf: boolean;
  /** The roles that the person may be given; none when their role is not theirs to change who looks. */
  roles: OrgRole[];
  remove: boolean;
  handOver: boolean;
  workspaces: boolean;
  /** In which workspaces the person may be given a role. */
  isTheirs: (workspaceId: string) => boolean;
}

/** What whoever is signed in, and is the member `self`, may do with a member. */
export function rightsOver(session: Session, member: Member, self: Member | undefined): Rights {
  const isSelf = member.user_id === session.user.id;
  const owners = may(session, "manage_owners");
  const managesAll = may(session, "manage_members");
  const manages = managesAll && (member.role !== "owner" || owners);
  const all: OrgRole[] = owners ? ["viewer", "member", "admin", "owner"] : ["viewer", "member", "admin"];
  // Somebody who only looks is no admin of a workspace either, whatever they are called there.
  const administered = self?.role === "viewer" ? [] : (self?.workspaces ?? []);
  const isTheirs = (id: string) =>
    managesAll || administered.some((place) => place.id === id && place.role === "admin");
  return {
    isSelf,
    roles: manages ? all : [],
    remove: manages && !isSelf,
    handOver: owners && !isSelf && member.role !== "owner",
    workspaces: managesAll || administered.some((place) => isTheirs(place.id)),
    isTheirs,
  };
}

/** Owners and admins work in every workspace, whichever they were added to. */
export function worksEverywhere({ role }: Member): boolean {
  return role === "owner" || role === "admin";
}

export function nameOf({ name, email }: Member): string {
  return name || email;
}
