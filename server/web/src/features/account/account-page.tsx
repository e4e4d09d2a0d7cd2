import { Download } from "lucide-react";
import { useId } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { usePageTitle } from "@/lib/page-title";
import { AccountLoader } from "./account-loader";
import { DeleteAccountCard } from "./delete-account";
import { ProfileCard } from "./profile-card";
import { VerificationNotice } from "./verification-notice";

export function AccountPage({ onDeleted }: { onDeleted: () => void }) {
  usePageTitle("Account", "Settings");
  const id = useId();
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Account">You, in all of your organisations.</PageHeader>
      <AccountLoader title="Your account">
        {(account) => (
          <>
            <VerificationNotice account={account} />
            <ProfileCard account={account} />
            <Card aria-labelledby={id}>
              <CardHeader>
                <CardTitle id={id}>Your data</CardTitle>
              </CardHeader>
              <CardContent className="flex flex-col items-start gap-3">
                <p className="text-muted-foreground">All that is known of you, as a JSON file.</p>
                <Button asChild>
                  <a href="/api/account/export" download>
                    <Download aria-hidden /> Download
                  </a>
                </Button>
              </CardContent>
            </Card>
            <DeleteAccountCard account={account} onDeleted={onDeleted} />
          </>
        )}
      </AccountLoader>
    </div>
  );
}
