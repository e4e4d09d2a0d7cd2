import { useQuery } from "@tanstack/react-query";
import type { Session, Store } from "@/lib/api/types";
import { may } from "@/lib/permissions";
import { membersQuery } from "./queries";

export interface Rights {
  /** Connect and disconnect, test, and choose accounts. */
  connect: boolean;
  /** Have a connection read, and call that off: for whoever may import into the store. */
  read: boolean;
}

/** What whoever is signed in may do with the connections of a store; null until that is known. */
export function useRights(session: Session, store: Store): Rights | null {
  const connect = may(session, "manage_connections");
  // Admins work in every workspace, and somebody who only looks in none, whatever they are called there.
  const everywhere = may(session, "see_all_workspaces");
  const depends = !everywhere && session.role !== "viewer";
  const { data: members, isError } = useQuery({ ...membersQuery, enabled: depends });
  if (!depends) return { connect, read: everywhere };
  // Then it is offered, and the server says whether it may be.
  if (isError && !members) return { connect, read: true };
  if (!members) return null;
  const self = members.find(({ user_id }) => user_id === session.user.id);
  const role = self?.workspaces.find(({ id }) => id === store.workspace.id)?.role;
  return { connect, read: role === "editor" || role === "admin" };
}
