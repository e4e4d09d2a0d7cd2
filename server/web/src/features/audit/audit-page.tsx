import { Download, Lock } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { EmptyState } from "@/components/ui/states";
import type { Session } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import { may } from "@/lib/permissions";
import { AuditLog } from "./audit-log";
import { exportAddress, type AuditSearch } from "./search";

export type AuditChange = { [Key in keyof AuditSearch]: AuditSearch[Key] | undefined };

interface AuditPageProps {
  session: Session;
  search: AuditSearch;
  onSearch: (change: AuditChange) => void;
}

export function AuditPage({ session, search, onSearch }: AuditPageProps) {
  usePageTitle("Audit log", "Settings");
  const allowed = may(session, "read_audit");
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="Audit log"
        action={
          allowed && (
            <Button asChild>
              <a href={exportAddress(search)} download="audit.csv">
                <Download aria-hidden /> Export CSV
              </a>
            </Button>
          )
        }
      >
        Who did what in {session.organization.name}, when, and from where.
      </PageHeader>
      {allowed ? (
        <AuditLog search={search} onSearch={onSearch} />
      ) : (
        <Card aria-label="Audit log">
          <EmptyState
            icon={<Lock aria-hidden strokeWidth={1.5} />}
            title="The audit log is for admins and owners"
            className="py-16"
          >
            Ask one of them if you need to know what happened.
          </EmptyState>
        </Card>
      )}
    </div>
  );
}
