import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { Refusal } from "@/components/ui/refusal";
import type { Import, Onboarding, Session, Store } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import { useFinish } from "./queries";
import { StepData } from "./step-data";
import { StepFrame } from "./step-frame";
import { StepList } from "./step-list";
import { StepNumbers } from "./step-numbers";
import { StepStore } from "./step-store";
import { currentStep, isDone, STEP_TITLES, type StepId } from "./steps";

interface WelcomePageProps {
  session: Session;
  onboarding: Onboarding;
  /** The store that it is about; null while there is none. */
  store: Store | null;
  /** The store's imports, the newest first. */
  imports: readonly Import[];
  onConnections: () => void;
  onImport: () => void;
  onImports: () => void;
  /** The templates, of which one press makes a dashboard. */
  gallery: ReactNode;
  onDashboard: (id: string) => void;
  /** To the store, without having made all steps. */
  onSkipped: () => void;
}

const LEADS: Record<StepId, string> = {
  store: "Its currency and time zone decide how amounts and days are counted.",
  data: "Connect where it is, hand over a file, or look around with data that are made up.",
  template: "A dashboard with sensible figures, in one press. Everything on it can be changed later.",
  numbers: "Your dashboard is ready, and fills as the data come in.",
};

/** The way from nothing to first figures, which goes on where it was left. */
export function WelcomePage(props: WelcomePageProps) {
  const { session, onboarding, store, imports, gallery } = props;
  usePageTitle("Welcome");
  const finish = useFinish();
  const current = currentStep(onboarding);
  const [first] = useState(current);
  const step = store ? current : "store";
  const { dashboard_id: dashboard } = onboarding;
  const end = (go: () => void) => finish.mutate(undefined, { onSuccess: go });
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title={`Welcome, ${session.user.name}`}
        action={
          step !== "numbers" && (
            <Button variant="ghost" disabled={finish.isPending} onClick={() => end(props.onSkipped)}>
              Skip setting up
            </Button>
          )
        }
      >
        Four steps to the first figures of {session.organization.name}.
      </PageHeader>
      <StepList onboarding={onboarding} current={step} />
      {finish.isError && <Refusal error={finish.error} />}
      <StepFrame key={step} title={STEP_TITLES[step]} lead={LEADS[step]} arrived={step !== first}>
        {!store || step === "store" ? (
          <StepStore />
        ) : step === "data" ? (
          <StepData
            store={store}
            imports={imports}
            onConnections={props.onConnections}
            onImport={props.onImport}
            onImports={props.onImports}
          />
        ) : step === "template" ? (
          gallery
        ) : (
          <StepNumbers
            store={store}
            ready={isDone(onboarding, "numbers")}
            imports={imports}
            onConnections={props.onConnections}
          >
            <div className="flex flex-wrap gap-2">
              {dashboard && (
                <Button
                  variant="primary"
                  disabled={finish.isPending}
                  onClick={() => end(() => props.onDashboard(dashboard))}
                >
                  Open the dashboard
                </Button>
              )}
              <Button disabled={finish.isPending} onClick={() => end(props.onSkipped)}>
                Go to the overview
              </Button>
            </div>
          </StepNumbers>
        )}
      </StepFrame>
    </div>
  );
}
