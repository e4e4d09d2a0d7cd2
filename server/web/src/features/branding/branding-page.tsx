import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import type { Session } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import { may } from "@/lib/permissions";
import { BrandingForm } from "./branding-form";
import { brandingQuery } from "./queries";

export function BrandingPage({ session }: { session: Session }) {
  usePageTitle("Branding", "Settings");
  const allowed = may(session, "manage_branding");
  const query = useQuery({ ...brandingQuery, enabled: allowed });
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Branding">
        How the pages of {session.organization.name} look, and what its links show to others.
      </PageHeader>
      <Card aria-label="Branding" aria-busy={allowed && query.isPending}>
        {!allowed ? (
          <EmptyState
            icon={<Lock aria-hidden strokeWidth={1.5} />}
            title="Branding is for admins and owners"
            className="py-16"
          >
            Ask one of them to change how the pages look.
          </EmptyState>
        ) : query.data ? (
          <BrandingForm branding={query.data} />
        ) : query.isError ? (
          <ErrorState
            title="The branding could not be loaded"
            error={query.error}
            onRetry={() => void query.refetch()}
            className="p-5"
          />
        ) : (
          <div className="flex flex-col gap-4 p-5">
            <span className="sr-only">Loading</span>
            {Array.from({ length: 4 }, (_, index) => (
              <Skeleton key={index} className="h-14 w-full" />
            ))}
          </div>
        )}
      </Card>
    </div>
  );
}
