import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import type { InvitePreview } from "@/lib/api/types";
import { useLinkToken } from "@/lib/link-token";
import { JoinForm, needsProof, type Newcomer } from "./join-form";
import { isExpired, LinkPage, perLink, served } from "./link-page";
import { invitePreviewQuery, useAcceptInvite, wantsSecondFactor } from "./queries";

const PAGE = "/invite";

interface InvitePageProps {
  onDone: () => void;
  onSecondFactor: () => void;
  /** To the sign-in and back here. */
  signIn: ReactNode;
  /** Where somebody goes whose invitation is worth nothing. */
  home: ReactNode;
}

function Invite({ onDone, onSecondFactor, signIn, home }: InvitePageProps) {
  const token = useLinkToken(PAGE);
  const preview = useQuery({ ...invitePreviewQuery(token ?? ""), enabled: token !== null, retry: false });
  const accept = useAcceptInvite();
  // The answer to a press tells that they are not signed in with their account.
  const [asked, setAsked] = useState(false);
  const invite = preview.data;
  const send = (held: string, person: Newcomer, onError?: (error: Error) => void) =>
    accept.mutate(
      { token: held, ...person },
      {
        onSuccess: (got) => served(PAGE, wantsSecondFactor(got) ? onSecondFactor : onDone)(),
        onError: (error) => {
          if (needsProof(error)) setAsked(true);
          onError?.(error);
        },
      },
    );
  return (
    <LinkPage
      title={invite ? `Join ${invite.organization}` : "An invitation"}
      lead={invite && <Lead invite={invite} />}
      page={PAGE}
      error={[preview.error, accept.error].find(isExpired) ?? null}
      another={home}
    >
      {(held) =>
        invite ? (
          <JoinForm
            step={!invite.has_account ? "new" : asked ? "password" : "press"}
            invite={invite}
            accept={accept}
            onSend={(person, onError) => send(held, person, onError)}
            signIn={signIn}
          />
        ) : preview.isError ? (
          <ErrorState
            title="The invitation could not be loaded"
            error={preview.error}
            onRetry={() => void preview.refetch()}
          />
        ) : (
          <div className="flex flex-col gap-4">
            <span className="sr-only">Loading</span>
            <Skeleton className="h-9 w-full" />
            <Skeleton className="h-9 w-full" />
          </div>
        )
      }
    </LinkPage>
  );
}

export const InvitePage = perLink(PAGE, Invite);

function Lead({ invite }: { invite: InvitePreview }) {
  return (
    <>
      {invite.invited_by} invites <strong className="font-medium text-foreground">{invite.email}</strong> as{" "}
      {ARTICLES[invite.role]}.
    </>
  );
}

const ARTICLES: Record<InvitePreview["role"], string> = {
  viewer: "a viewer",
  member: "a member",
  admin: "an admin",
  owner: "an owner",
};
