import { useId, type ReactNode } from "react";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import type { Session } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";

interface OrganizationPageProps {
  session: Session;
  /** How it is ended, for who may. */
  ending: ReactNode;
}

export function OrganizationPage({ session, ending }: OrganizationPageProps) {
  usePageTitle("Organisation", "Settings");
  const id = useId();
  const { organization, role } = session;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Organisation">What your stores belong to.</PageHeader>
      <Card aria-labelledby={id}>
        <CardHeader>
          <CardTitle id={id} className="min-w-0 break-words">
            {organization.name}
          </CardTitle>
        </CardHeader>
        <CardContent>
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2">
            <dt className="text-muted-foreground">Plan</dt>
            <dd>{capital(organization.plan_tier)}</dd>
            <dt className="text-muted-foreground">Your role</dt>
            <dd>{capital(role)}</dd>
          </dl>
        </CardContent>
      </Card>
      {ending}
    </div>
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
