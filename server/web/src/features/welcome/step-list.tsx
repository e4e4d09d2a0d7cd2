import { Check } from "lucide-react";
import { cn } from "@/lib/cn";
import type { Onboarding } from "@/lib/api/types";
import { STEP_TITLES, type StepId } from "./steps";

interface StepListProps {
  onboarding: Onboarding;
  current: StepId;
}

/** All steps in their order, with those that were made and the one that is next. */
export function StepList({ onboarding, current }: StepListProps) {
  return (
    <ol aria-label="Steps" className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
      {onboarding.steps.map(({ id, done }, index) => {
        const isCurrent = id === current;
        return (
          <li
            key={id}
            aria-current={isCurrent ? "step" : undefined}
            className={cn(
              "flex items-center gap-2.5 border-t-2 pt-2.5",
              done || isCurrent ? "border-accent" : "border-border",
            )}
          >
            <span
              aria-hidden
              className={cn(
                "flex size-6 shrink-0 items-center justify-center rounded-full text-sm tabular-nums [&_svg]:size-3.5",
                done ? "bg-accent text-accent-foreground" : "border",
                isCurrent && !done && "border-accent font-medium text-accent",
              )}
            >
              {done ? <Check strokeWidth={3} /> : index + 1}
            </span>
            <span className={cn(isCurrent ? "font-medium" : "text-muted-foreground")}>
              {STEP_TITLES[id]}
              <span className="sr-only">{done ? ", done" : isCurrent ? ", next" : ", to do"}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
