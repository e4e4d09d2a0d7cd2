import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useToast } from "@/components/ui/use-toast";
import type { Member, OrgRole } from "@/lib/api/types";
import { useChangeRole, useHandOver, useLeave, useRemoveMember } from "./queries";
import { nameOf, ROLES } from "./rights";

interface MemberDialogProps {
  member: Member;
  organization: string;
  onClose: () => void;
  returnTo?: () => HTMLElement | null;
}

interface ActingMemberDialogProps extends MemberDialogProps {
  onDone: () => void;
}

function addressOf({ email }: Member) {
  return { what: "e-mail address", phrase: email };
}

export function RemoveDialog({ member, organization, onClose, onDone, returnTo }: ActingMemberDialogProps) {
  const remove = useRemoveMember(member);
  const toast = useToast();
  return (
    <ConfirmDialog
      title={`Remove ${nameOf(member)}?`}
      typed={addressOf(member)}
      action="Remove"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate(undefined, {
          onSuccess: () => {
            toast.show({ title: `${nameOf(member)} was removed` });
            onDone();
          },
        })
      }
      onClose={onClose}
      returnTo={returnTo}
    >
      They are signed out of {organization} at once and lose their place in all of its workspaces. What they
      imported stays. This cannot be undone.
    </ConfirmDialog>
  );
}

export function HandOverDialog({ member, organization, onClose, onDone, returnTo }: ActingMemberDialogProps) {
  const handOver = useHandOver(member);
  const toast = useToast();
  return (
    <ConfirmDialog
      title={`Make ${nameOf(member)} the owner?`}
      typed={addressOf(member)}
      action="Hand over"
      busy={handOver.isPending}
      error={handOver.error}
      onConfirm={() =>
        handOver.mutate(undefined, {
          onSuccess: () => {
            toast.show({ title: `${nameOf(member)} owns ${organization} now` });
            onDone();
            onClose();
          },
        })
      }
      onClose={onClose}
      returnTo={returnTo}
    >
      They own {organization} in your place, and you are an admin from then on. Only they can give it back to
      you.
    </ConfirmDialog>
  );
}

export function LeaveDialog({ member, organization, onClose, onDone, returnTo }: ActingMemberDialogProps) {
  const leave = useLeave(member);
  return (
    <ConfirmDialog
      title={`Leave ${organization}?`}
      typed={addressOf(member)}
      action="Leave"
      busy={leave.isPending || leave.isSuccess}
      error={leave.error}
      onConfirm={() => leave.mutate(undefined, { onSuccess: onDone })}
      onClose={onClose}
      returnTo={returnTo}
    >
      You are signed out at once and no longer see its stores. You cannot come back by yourself.
    </ConfirmDialog>
  );
}

interface RoleDialogProps extends ActingMemberDialogProps {
  role: OrgRole;
  isSelf: boolean;
}

/** Asks before a change of role that whoever makes it cannot take back: their own, and a further owner. */
export function RoleDialog({
  member,
  organization,
  role,
  isSelf,
  onClose,
  onDone,
  returnTo,
}: RoleDialogProps) {
  const change = useChangeRole(member);
  return (
    <ConfirmDialog
      title={isSelf ? `Give up the role ${ROLES[member.role]}?` : `Make ${nameOf(member)} an owner as well?`}
      typed={addressOf(member)}
      action={isSelf ? "Give it up" : "Make an owner"}
      busy={change.isPending}
      error={change.error}
      onConfirm={() =>
        change.mutate(role, {
          onSuccess: () => {
            onDone();
            onClose();
          },
        })
      }
      onClose={onClose}
      returnTo={returnTo}
    >
      {isSelf
        ? `You have the role ${ROLES[role]} in ${organization} at once and may do less. You cannot take it back by yourself.`
        : `They may do everything in ${organization} that you may, and that includes removing you.`}
    </ConfirmDialog>
  );
}
