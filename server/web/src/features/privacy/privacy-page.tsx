import { Lock } from "lucide-react";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { EmptyState } from "@/components/ui/states";
import type { Session, Store } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import { may } from "@/lib/permissions";
import { CustomersCard } from "./customers-card";
import { ErasuresCard } from "./erasures-card";
import { RequestsCard } from "./requests-card";
import { RetentionCard } from "./retention-card";

interface PrivacyPageProps {
  session: Session;
  stores: Store[];
  /** What is kept of a store is another than before. */
  onErased: (storeId: string) => void;
}

export function PrivacyPage({ session, stores, onErased }: PrivacyPageProps) {
  usePageTitle("Privacy", "Settings");
  const { organization } = session;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Privacy">What is kept of customers, and for how long.</PageHeader>
      {may(session, "manage_privacy") ? (
        <>
          <RetentionCard organization={organization.name} stores={stores} />
          <RequestsCard stores={stores} />
          <CustomersCard stores={stores} />
          <ErasuresCard stores={stores} onErased={onErased} />
        </>
      ) : (
        <Card aria-label="Privacy">
          <EmptyState
            icon={<Lock aria-hidden strokeWidth={1.5} />}
            title="Privacy is for admins and owners"
            className="py-16"
          >
            Ask one of them if a customer wants to know what is kept of them, or wants it gone.
          </EmptyState>
        </Card>
      )}
    </div>
  );
}
