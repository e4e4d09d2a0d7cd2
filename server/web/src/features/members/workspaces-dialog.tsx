import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Refusal } from "@/components/ui/refusal";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import type { Member, Workspace, WorkspaceRole } from "@/lib/api/types";
import { useSetWorkspaceRole, workspacesQuery } from "./queries";
import { nameOf, WORKSPACE_ROLES, worksEverywhere, type Rights } from "./rights";

interface WorkspacesDialogProps {
  member: Member;
  rights: Rights;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

function whatItMeans(member: Member): string {
  if (worksEverywhere(member)) {
    return "Owners and admins of the organisation work in every workspace. What is chosen here counts once they are a member.";
  }
  return member.role === "viewer"
    ? "A viewer of the organisation only looks, whatever their role in a workspace. Each change counts at once."
    : "Each change counts at once.";
}

export function WorkspacesDialog({ member, rights, onClose, returnTo }: WorkspacesDialogProps) {
  const query = useQuery(workspacesQuery);
  const workspaces = query.data?.filter(({ id }) => rights.isTheirs(id));
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent className="max-w-md" returnTo={returnTo}>
        <div className="border-b px-5 pt-5 pr-14 pb-4">
          <DialogTitle>Workspaces of {nameOf(member)}</DialogTitle>
          <DialogDescription>{whatItMeans(member)}</DialogDescription>
        </div>
        <div className="min-h-0 overflow-y-auto px-5 py-2">
          {workspaces ? (
            workspaces.length === 0 ? (
              <EmptyState title="There is no workspace yet" />
            ) : (
              <ul className="divide-y">
                {workspaces.map((workspace) => (
                  <Place key={workspace.id} member={member} workspace={workspace} />
                ))}
              </ul>
            )
          ) : query.isError ? (
            <ErrorState
              title="The workspaces could not be loaded"
              error={query.error}
              onRetry={() => void query.refetch()}
              className="py-3"
            />
          ) : (
            <div className="flex flex-col gap-3 py-3">
              <span className="sr-only">Loading</span>
              <Skeleton className="h-9 w-full" />
              <Skeleton className="h-9 w-full" />
            </div>
          )}
        </div>
        <div className="flex justify-end border-t px-5 py-4">
          <Button onClick={onClose}>Close</Button>
        </div>
      </DialogContent>
    </Dialog>
  );
}

const OUTSIDE = "outside";

function Place({ member, workspace }: { member: Member; workspace: Workspace }) {
  const id = useId();
  const change = useSetWorkspaceRole(member, workspace.id);
  const role = member.workspaces.find((place) => place.id === workspace.id)?.role;
  const roles = Object.keys(WORKSPACE_ROLES) as WorkspaceRole[];
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex items-center justify-between gap-3">
        <label htmlFor={id} className="min-w-0 break-words">
          {workspace.name}
        </label>
        <Select
          id={id}
          className="w-36 shrink-0"
          value={role ?? OUTSIDE}
          // Not `disabled`, which would take the focus away from it.
          aria-disabled={change.isPending}
          onChange={(event) => {
            if (change.isPending) return;
            change.mutate(roles.find((option) => option === event.target.value) ?? null);
          }}
        >
          <option value={OUTSIDE}>Not in it</option>
          {roles.map((option) => (
            <option key={option} value={option}>
              {WORKSPACE_ROLES[option]}
            </option>
          ))}
        </Select>
      </div>
      {change.isError && <Refusal error={change.error} />}
    </li>
  );
}
