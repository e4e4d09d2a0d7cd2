import { useQuery } from "@tanstack/react-query";
import type { Session, Visibility, Workspace } from "@/lib/api/types";
import { may } from "@/lib/permissions";
import { membersQuery } from "./queries";

export const VISIBILITIES: readonly Visibility[] = ["private", "workspace", "public"];

export const VISIBILITY_TITLES: Record<Visibility, string> = {
  private: "Only you",
  workspace: "The workspace",
  public: "The workspace, and links",
};

export const VISIBILITY_HINTS: Record<Visibility, string> = {
  private: "Nobody else sees it, not even admins.",
  workspace: "Whoever sees the workspace sees it.",
  public: "Whoever sees the workspace sees it, and links to it can be made for anybody else.",
};

/**
 * The workspaces in which whoever is signed in may make dashboards; null until that is known. Of a dashboard that there is the server says by
 * itself what may be done with it.
 */
export function useEditableWorkspaces(
  session: Session,
  workspaces: readonly Workspace[] | undefined,
): readonly Workspace[] | null {
  // Admins work in every workspace, and somebody who only looks in none, whatever they are called there.
  const everywhere = may(session, "see_all_workspaces");
  const depends = !everywhere && session.role !== "viewer";
  const { data: members, isError } = useQuery({ ...membersQuery, enabled: depends });
  if (!workspaces) return null;
  if (!depends) return everywhere ? workspaces : [];
  // Then it is offered, and the server says whether it may be.
  if (isError && !members) return workspaces;
  if (!members) return null;
  const self = members.find(({ user_id }) => user_id === session.user.id);
  const edits = (id: string) =>
    self?.workspaces.some((place) => place.id === id && (place.role === "editor" || place.role === "admin"));
  return workspaces.filter(({ id }) => edits(id));
}
