import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { PageHeader } from "@/components/ui/page-header";
import type { Session } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import { AccountLoader } from "./account-loader";
import { GoogleCard } from "./google-card";
import { PasswordCard } from "./password-card";
import { accountQuery } from "./queries";
import { SecondFactorCard } from "./second-factor-card";
import { SessionsCard } from "./sessions-card";
import { VerificationNotice } from "./verification-notice";

interface SecurityPageProps {
  session: Session;
  /** Where somebody without a password gets a link to choose one. */
  forgotPassword: ReactNode;
}

export function SecurityPage({ session, forgotPassword }: SecurityPageProps) {
  usePageTitle("Security", "Settings");
  const { data: account } = useQuery(accountQuery);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Security">How you sign in, and where you are signed in.</PageHeader>
      {account && <VerificationNotice account={account} />}
      <PasswordCard
        email={session.user.email}
        // Nearly everybody has one, and nobody has to wait for that to be known.
        hasPassword={account?.has_password ?? true}
        forgotPassword={forgotPassword}
      />
      <AccountLoader title="The second factor">
        {(loaded) => (
          <>
            <SecondFactorCard account={loaded} />
            <GoogleCard account={loaded} />
          </>
        )}
      </AccountLoader>
      <SessionsCard />
    </div>
  );
}
