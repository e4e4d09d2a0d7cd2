import { useQuery } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Refusal } from "@/components/ui/refusal";
import { ErrorState, StaleNotice } from "@/components/ui/states";
import { Ago, Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/use-toast";
import { useNoMail } from "@/lib/api/methods";
import type { Invitation } from "@/lib/api/types";
import { invitesQuery, useResendInvite, useRevokeInvite } from "./invites-queries";
import { ROLES, WORKSPACE_ROLES } from "./rights";

/** Who was invited and has not come yet. Where nobody is waited for there is nothing to show. */
export function InvitesCard({ list }: Pick<InviteRowProps, "list">) {
  const id = useId();
  const query = useQuery(invitesQuery);
  if (!query.data) {
    if (!query.isError) return null;
    return (
      <Card aria-label="Invitations">
        <ErrorState
          title="The invitations could not be loaded"
          error={query.error}
          onRetry={() => void query.refetch()}
          className="p-5"
        />
      </Card>
    );
  }
  if (query.data.length === 0) return null;
  return (
    <Card aria-labelledby={id}>
      <CardHeader className="pb-3">
        <CardTitle id={id}>Invitations</CardTitle>
      </CardHeader>
      {query.isError && (
        <StaleNotice
          title="The list could not be brought up to date"
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
          className="px-4 pb-3 sm:px-5"
        />
      )}
      <ul className="divide-y border-t">
        {query.data.map((invite) => (
          <InviteRow key={invite.id} invite={invite} list={list} />
        ))}
      </ul>
    </Card>
  );
}

interface InviteRowProps {
  invite: Invitation;
  /** Where to go on when the row is gone, and with the last of them the card. */
  list: () => HTMLElement | null;
}

function InviteRow({ invite, list }: InviteRowProps) {
  const [asked, setAsked] = useState(false);
  const gone = useRef(false);
  const resend = useResendInvite(invite.id);
  const revoke = useRevokeInvite(invite.id);
  const toast = useToast();
  const noMail = useNoMail();
  const { email } = invite;
  return (
    <li className="flex flex-col gap-2 px-4 py-3 sm:px-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <p className="flex flex-wrap items-center gap-x-2">
            <span className="min-w-0 font-medium break-words">{email}</span>
            {invite.expired && <Badge className="bg-warn-soft text-warn">Run out</Badge>}
          </p>
          <p className="text-sm text-muted-foreground">
            {ROLES[invite.role]}
            {invite.workspaces.map(({ name, role }) => ` · ${name} (${WORKSPACE_ROLES[role]})`).join("")}
          </p>
          <p className="text-sm text-muted-foreground">
            Invited by {invite.invited_by} <Ago instant={invite.sent_at} />
            {!invite.expired && (
              <>
                , until <Time instant={invite.expires_at} />
              </>
            )}
          </p>
        </div>
        <div className="flex gap-2">
          {!noMail && (
            <Button
              size="sm"
              aria-label={`Send the invitation of ${email} again`}
              aria-disabled={resend.isPending}
              onClick={() => {
                if (resend.isPending) return;
                resend.mutate(undefined, {
                  onSuccess: () => toast.show({ title: `The invitation of ${email} was sent again` }),
                });
              }}
            >
              Send again
            </Button>
          )}
          <Button
            size="sm"
            aria-label={`Take back the invitation of ${email}`}
            onClick={() => {
              revoke.reset();
              setAsked(true);
            }}
          >
            Take back
          </Button>
        </div>
      </div>
      {resend.isError && <Refusal error={resend.error} />}
      {asked && (
        <ConfirmDialog
          title="Take back this invitation?"
          action="Take back"
          busy={revoke.isPending}
          error={revoke.error}
          returnTo={() => (gone.current ? list() : null)}
          onClose={() => setAsked(false)}
          onConfirm={() =>
            revoke.mutate(undefined, {
              onSuccess: () => {
                gone.current = true;
                toast.show({ title: `The invitation of ${email} was taken back` });
                setAsked(false);
              },
            })
          }
        >
          The link that was sent to {email} is worth nothing from then on. They can be invited again.
        </ConfirmDialog>
      )}
    </li>
  );
}
