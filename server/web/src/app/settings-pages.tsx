import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { Button } from "@/components/ui/button";
import { AccountLoader } from "@/features/account/account-loader";
import { AccountPage } from "@/features/account/account-page";
import { SecurityPage } from "@/features/account/security-page";
import { ApiKeysPage } from "@/features/api-keys/api-keys-page";
import { AuditPage } from "@/features/audit/audit-page";
import { sessionQuery } from "@/features/auth/session";
import { BrandingPage } from "@/features/branding/branding-page";
import { MembersPage } from "@/features/members/members-page";
import { DeleteOrganizationCard } from "@/features/organization/delete-organization";
import { OrganizationPage } from "@/features/organization/organization-page";
import { PrivacyPage } from "@/features/privacy/privacy-page";
import { storesQuery } from "@/features/stores/queries";
import { answersAbout } from "@/lib/metrics/query";
import { may } from "@/lib/permissions";

/** The pages of the settings, wired to the address and to who is signed in. */

export function MembersRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const queries = useQueryClient();
  return (
    <MembersPage
      session={session}
      // What one may do and which stores one sees go with the role.
      onOwnRoleChanged={() => void queries.invalidateQueries()}
      onLeft={() => window.location.assign("/sign-in")}
    />
  );
}

export function SecurityRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  return (
    <SecurityPage
      session={session}
      forgotPassword={
        <Button asChild>
          <Link to="/forgot-password">Choose a password</Link>
        </Button>
      }
    />
  );
}

export function AccountRoute() {
  // A fresh page: nothing that was loaded remains in memory.
  return <AccountPage onDeleted={() => window.location.assign("/sign-in?gone=account")} />;
}

export function ApiKeysRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  return <ApiKeysPage session={session} />;
}

export function BrandingRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  return <BrandingPage session={session} />;
}

export function AuditRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const search = useSearch({ from: "/signed-in/settings/audit" });
  const navigate = useNavigate({ from: "/settings/audit" });
  return (
    <AuditPage
      session={session}
      search={search}
      onSearch={(change) =>
        void navigate({ search: (now) => ({ ...now, ...change }), replace: true, resetScroll: false })
      }
    />
  );
}

export function OrganizationRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  return (
    <OrganizationPage
      session={session}
      ending={
        may(session, "close_organization") && (
          <AccountLoader title="Your account">
            {(account) => (
              <DeleteOrganizationCard
                organization={session.organization}
                account={account}
                onDeleted={() => window.location.assign("/sign-in?gone=organization")}
              />
            )}
          </AccountLoader>
        )
      }
    />
  );
}

export function PrivacyRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: stores } = useSuspenseQuery(storesQuery);
  const queries = useQueryClient();
  const onErased = useCallback(
    (storeId: string) => {
      void queries.invalidateQueries(answersAbout(storeId));
      void queries.invalidateQueries({ queryKey: storesQuery.queryKey });
    },
    [queries],
  );
  return <PrivacyPage session={session} stores={stores} onErased={onErased} />;
}
