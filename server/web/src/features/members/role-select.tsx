import { useState } from "react";
import { Select } from "@/components/ui/select";
import { useToast } from "@/components/ui/use-toast";
import type { Member, OrgRole } from "@/lib/api/types";
import { RoleDialog } from "./member-dialogs";
import type { useChangeRole } from "./queries";
import { nameOf, ROLES, type Rights } from "./rights";

interface RoleSelectProps {
  member: Member;
  organization: string;
  rights: Rights;
  change: ReturnType<typeof useChangeRole>;
  onOwnRoleChanged: () => void;
}

/** Shows the role that the server knows: what is chosen counts once it says so. */
export function RoleSelect({ member, organization, rights, change, onOwnRoleChanged }: RoleSelectProps) {
  const [asked, setAsked] = useState<OrgRole | null>(null);
  const toast = useToast();
  const done = (role: OrgRole) => {
    toast.show({ title: `${nameOf(member)} has the role ${ROLES[role]} now` });
    if (rights.isSelf) onOwnRoleChanged();
  };
  const choose = (role: OrgRole) => {
    if (rights.isSelf || role === "owner") {
      change.reset();
      setAsked(role);
    } else {
      change.mutate(role, { onSuccess: () => done(role) });
    }
  };
  return (
    <>
      <Select
        className="w-28"
        aria-label={`Role of ${nameOf(member)}`}
        value={member.role}
        // Not `disabled`, which would take the focus away from it.
        aria-disabled={change.isPending}
        onChange={(event) => {
          const role = rights.roles.find((option) => option === event.target.value);
          if (role && !change.isPending) choose(role);
        }}
      >
        {rights.roles.map((role) => (
          <option key={role} value={role}>
            {ROLES[role]}
          </option>
        ))}
      </Select>
      {asked && (
        <RoleDialog
          member={member}
          organization={organization}
          role={asked}
          isSelf={rights.isSelf}
          onClose={() => setAsked(null)}
          onDone={() => done(asked)}
        />
      )}
    </>
  );
}
