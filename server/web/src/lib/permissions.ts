import type { Session } from "@/lib/api/types";

/** What the app asks of what the session says one may do. The server asks again. */
export type Permission =
  | "manage_members"
  | "manage_workspaces"
  | "manage_connections"
  | "manage_api_keys"
  | "manage_privacy"
  | "manage_branding"
  | "manage_owners"
  | "read_audit"
  | "see_all_workspaces"
  | "close_organization";

export function may({ permissions }: Pick<Session, "permissions">, permission: Permission): boolean {
  return permissions.includes(permission);
}
