import { useId } from "react";
import { Select } from "@/components/ui/select";
import type { Workspace, WorkspaceRole } from "@/lib/api/types";
import { WORKSPACE_ROLES } from "./rights";

interface InviteWorkspacesProps {
  workspaces: Workspace[];
  /** What they are to be in each, by its id. */
  places: Record<string, WorkspaceRole>;
  onPlaces: (places: Record<string, WorkspaceRole>) => void;
}

const OUTSIDE = "outside";
const OPTIONS = Object.keys(WORKSPACE_ROLES) as WorkspaceRole[];

export function InviteWorkspaces({ workspaces, places, onPlaces }: InviteWorkspacesProps) {
  const id = useId();
  const choose = (workspace: string, next: string) => {
    const others = Object.entries(places).filter(([place]) => place !== workspace);
    const role = OPTIONS.find((option) => option === next);
    onPlaces(Object.fromEntries(role ? [...others, [workspace, role]] : others));
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">Workspaces</legend>
      {workspaces.map((workspace) => (
        <div key={workspace.id} className="flex items-center justify-between gap-3">
          <label htmlFor={`${id}-${workspace.id}`} className="min-w-0 break-words">
            {workspace.name}
          </label>
          <Select
            id={`${id}-${workspace.id}`}
            className="w-36 shrink-0"
            value={places[workspace.id] ?? OUTSIDE}
            onChange={(event) => choose(workspace.id, event.target.value)}
          >
            <option value={OUTSIDE}>Not in it</option>
            {OPTIONS.map((option) => (
              <option key={option} value={option}>
                {WORKSPACE_ROLES[option]}
              </option>
            ))}
          </Select>
        </div>
      ))}
      {Object.keys(places).length === 0 && (
        <p className="text-sm text-muted-foreground">
          In none of them they see no store, until somebody adds them to one.
        </p>
      )}
    </fieldset>
  );
}
