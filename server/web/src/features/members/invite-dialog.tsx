import { useQuery } from "@tanstack/react-query";
import { useId, useRef, useState, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { SelectField } from "@/components/ui/field";
import { Label } from "@/components/ui/label";
import { Refusal } from "@/components/ui/refusal";
import { Textarea } from "@/components/ui/textarea";
import { useToast } from "@/components/ui/use-toast";
import type { InviteResult, OrgRole, Session, WorkspaceRole } from "@/lib/api/types";
import { addressesIn } from "./addresses";
import { InviteResults } from "./invite-results";
import { InviteWorkspaces } from "./invite-workspaces";
import { useInvite } from "./invites-queries";
import { workspacesQuery } from "./queries";
import { ROLES } from "./rights";

interface InviteDialogProps {
  session: Session;
  onClose: () => void;
}

/** Nobody becomes an owner by an invitation. */
type InvitedRole = Exclude<OrgRole, "owner">;

const MEANINGS: Record<InvitedRole, string> = {
  viewer: "Looks at what is in their workspaces.",
  member: "Works in their workspaces.",
  admin: "Works in every workspace, and manages members, stores and keys.",
};

/** How many the server takes at once. */
const MOST = 100;

const OFFERED = Object.keys(MEANINGS) as InvitedRole[];

export function InviteDialog({ session, onClose }: InviteDialogProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [role, setRole] = useState<InvitedRole>("member");
  const [places, setPlaces] = useState<Record<string, WorkspaceRole>>({});
  const [asked, setAsked] = useState(false);
  const [results, setResults] = useState<InviteResult[] | null>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const workspaces = useQuery(workspacesQuery);
  const invite = useInvite();
  const toast = useToast();

  const { valid, invalid } = addressesIn(text);
  const problem =
    invalid.length > 0
      ? `No email address: ${invalid.slice(0, 3).join(", ")}`
      : valid.length === 0
        ? "Enter an email address."
        : valid.length > MOST
          ? `At most ${MOST} at once.`
          : null;
  const everywhere = role === "admin";

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setAsked(true);
    if (invite.isPending) return;
    if (problem !== null) return input.current?.focus();
    const chosen = everywhere ? [] : Object.entries(places).map(([place, at]) => ({ id: place, role: at }));
    invite.mutate(
      { emails: valid, role, workspaces: chosen },
      {
        onSuccess: (all) => {
          if (!all.every(({ status }) => status === "invited")) {
            setResults(all);
            return;
          }
          toast.show({
            title: all.length === 1 ? `${valid[0] ?? ""} is invited` : `${all.length} people are invited`,
          });
          onClose();
        },
      },
    );
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open && !invite.isPending) onClose();
      }}
    >
      <DialogContent className="max-w-lg">
        <div className="border-b px-5 pt-5 pr-14 pb-4">
          <DialogTitle>Invite people</DialogTitle>
          <DialogDescription>
            They get a mail with a link to join {session.organization.name}.
          </DialogDescription>
        </div>
        {results ? (
          <InviteResults results={results} onClose={onClose} />
        ) : (
          <form noValidate onSubmit={submit} className="flex min-h-0 flex-col">
            <div className="flex min-h-0 flex-col gap-4 overflow-y-auto px-5 py-4">
              <div className="flex flex-col gap-1.5">
                <Label htmlFor={id}>Email addresses</Label>
                <Textarea
                  ref={input}
                  id={id}
                  rows={3}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  placeholder="robin@example.com, ana@example.com"
                  aria-invalid={asked && problem !== null}
                  aria-describedby={`${id}-note`}
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
                <p
                  id={`${id}-note`}
                  className={asked && problem ? "text-sm text-bad" : "text-sm text-muted-foreground"}
                >
                  {(asked ? problem : null) ?? countOf(valid.length)}
                </p>
              </div>
              <SelectField
                title="Role"
                value={role}
                onValue={(next) => setRole(OFFERED.find((option) => option === next) ?? role)}
                problem={null}
                hint={MEANINGS[role]}
              >
                {OFFERED.map((option) => (
                  <option key={option} value={option}>
                    {ROLES[option]}
                  </option>
                ))}
              </SelectField>
              {!everywhere && workspaces.data && workspaces.data.length > 0 && (
                <InviteWorkspaces workspaces={workspaces.data} places={places} onPlaces={setPlaces} />
              )}
              {invite.isError && <Refusal error={invite.error} />}
            </div>
            <div className="flex flex-wrap justify-end gap-2 border-t px-5 py-4">
              <Button disabled={invite.isPending} onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" variant="primary" disabled={invite.isPending}>
                {invite.isPending ? "Inviting…" : "Invite"}
              </Button>
            </div>
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}

function countOf(addresses: number): string {
  if (addresses < 2) return "Several at once, put apart by commas or lines.";
  return `${addresses} addresses`;
}
