import { useQuery } from "@tanstack/react-query";
import { KeyRound, Lock, Plus } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, StaleNotice } from "@/components/ui/states";
import type { Session } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import { may } from "@/lib/permissions";
import { KeyRow } from "./key-row";
import { NewKeyDialog } from "./new-key-dialog";
import { apiKeysQuery } from "./queries";
import { TokenDialog } from "./token-dialog";

export function ApiKeysPage({ session }: { session: Session }) {
  usePageTitle("API keys", "Settings");
  const allowed = may(session, "manage_api_keys");
  const query = useQuery({ ...apiKeysQuery, enabled: allowed });
  const [step, setStep] = useState<"new" | { token: string; name: string } | null>(null);
  const card = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title="API keys"
        action={
          query.data && (
            <Button ref={button} variant="primary" onClick={() => setStep("new")}>
              <Plus aria-hidden /> New key
            </Button>
          )
        }
      >
        For programs that read the figures of {session.organization.name} or import data into it.
      </PageHeader>
      {query.isError && query.data && (
        <StaleNotice
          title="The list could not be brought up to date"
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      <Card
        ref={card}
        tabIndex={-1}
        aria-label="API keys"
        aria-busy={allowed && query.isPending}
        className="outline-none"
      >
        {!allowed ? (
          <EmptyState
            icon={<Lock aria-hidden strokeWidth={1.5} />}
            title="API keys are for admins and owners"
            className="py-16"
          >
            Ask one of them if a program needs a key.
          </EmptyState>
        ) : query.data ? (
          query.data.api_keys.length === 0 ? (
            <EmptyState
              icon={<KeyRound aria-hidden strokeWidth={1.5} />}
              title="There is no key yet"
              className="py-16"
              action={<Button onClick={() => setStep("new")}>Make one</Button>}
            >
              With a key a program does what you allow it, without your password.
            </EmptyState>
          ) : (
            <ul className="divide-y">
              {query.data.api_keys.map((key) => (
                <KeyRow key={key.id} apiKey={key} list={() => card.current} />
              ))}
            </ul>
          )
        ) : query.isError ? (
          <ErrorState
            title="The keys could not be loaded"
            error={query.error}
            onRetry={() => void query.refetch()}
            className="p-5"
          />
        ) : (
          <div className="flex flex-col gap-4 p-5">
            <span className="sr-only">Loading</span>
            {Array.from({ length: 3 }, (_, index) => (
              <Skeleton key={index} className="h-12 w-full" />
            ))}
          </div>
        )}
      </Card>
      {step === "new" && query.data && (
        <NewKeyDialog
          scopes={query.data.scopes}
          onMade={(made) => setStep(made)}
          onClose={() => setStep(null)}
          returnTo={() => button.current}
        />
      )}
      {step !== null && step !== "new" && (
        <TokenDialog {...step} onClose={() => setStep(null)} returnTo={() => button.current} />
      )}
    </div>
  );
}
