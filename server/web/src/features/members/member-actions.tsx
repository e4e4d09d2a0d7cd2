import { Crown, Ellipsis, FolderCog, LogOut, UserMinus } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Member } from "@/lib/api/types";
import { HandOverDialog, LeaveDialog, RemoveDialog } from "./member-dialogs";
import { nameOf, type Rights } from "./rights";
import { WorkspacesDialog } from "./workspaces-dialog";

interface MemberActionsProps {
  member: Member;
  organization: string;
  rights: Rights;
  onOwnRoleChanged: () => void;
  onLeft: () => void;
  /** Where to go on when the row is gone. */
  list: () => HTMLElement | null;
}

const ACTIONS = [
  { key: "workspaces", title: "Workspaces…", Icon: FolderCog },
  { key: "handOver", title: "Make the owner…", Icon: Crown },
  { key: "remove", title: "Remove…", Icon: UserMinus },
  { key: "leave", title: "Leave…", Icon: LogOut },
] as const;

type Action = (typeof ACTIONS)[number]["key"];

/** What can be done with a member, and the dialog of what was chosen. */
export function MemberActions({
  member,
  organization,
  rights,
  onOwnRoleChanged,
  onLeft,
  list,
}: MemberActionsProps) {
  const [asked, setAsked] = useState<Action | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const removed = useRef(false);
  const allowed: Record<Action, boolean> = { ...rights, leave: rights.isSelf };
  const actions = ACTIONS.filter(({ key }) => allowed[key]);
  if (actions.length === 0) return null;
  const dialog = {
    member,
    onClose: () => setAsked(null),
    // The menu entry that opened the dialog is gone by then, and after a removal so is the whole row.
    returnTo: () => (removed.current ? list() : trigger.current),
  };
  return (
    <>
      {actions.length === 1 && actions[0]?.key === "leave" ? (
        <Button ref={trigger} size="sm" onClick={() => setAsked("leave")}>
          Leave
        </Button>
      ) : (
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button
              ref={trigger}
              variant="ghost"
              size="icon-sm"
              aria-label={`What to do with ${nameOf(member)}`}
            >
              <Ellipsis aria-hidden />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            {actions.map(({ key, title, Icon }) => (
              <DropdownMenuItem key={key} onSelect={() => setAsked(key)}>
                <Icon aria-hidden className="text-muted-foreground" />
                {title}
              </DropdownMenuItem>
            ))}
          </DropdownMenuContent>
        </DropdownMenu>
      )}
      {asked === "workspaces" && <WorkspacesDialog rights={rights} {...dialog} />}
      {asked === "remove" && (
        <RemoveDialog
          organization={organization}
          onDone={() => {
            removed.current = true;
            setAsked(null);
          }}
          {...dialog}
        />
      )}
      {asked === "handOver" && (
        <HandOverDialog organization={organization} onDone={onOwnRoleChanged} {...dialog} />
      )}
      {asked === "leave" && <LeaveDialog organization={organization} onDone={onLeft} {...dialog} />}
    </>
  );
}
