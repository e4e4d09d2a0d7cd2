import type { Onboarding } from "@/lib/api/types";

export type StepId = Onboarding["steps"][number]["id"];

export const STEP_TITLES: Record<StepId, string> = {
  store: "Add a store",
  data: "Bring in its data",
  template: "Choose a template",
  numbers: "See your numbers",
};

/** The step that is next: whoever comes back, from wherever, goes on there. */
export function currentStep({ steps }: Onboarding): StepId {
  return steps.find(({ done }) => !done)?.id ?? "numbers";
}

export function isDone({ steps }: Onboarding, id: StepId): boolean {
  return steps.some((step) => step.id === id && step.done);
}

/** Whether they are for whoever comes to the app: nobody has said that they are over, and there is no dashboard to look at. */
export function isOpen({ finished_at, dashboard_id }: Onboarding): boolean {
  return !finished_at && !dashboard_id;
}
