import { useEffect, useId, useRef, type ReactNode } from "react";
import { Card } from "@/components/ui/card";

interface StepFrameProps {
  title: string;
  lead: ReactNode;
  /** Whether whoever is here was at another step before, and is to be led to this one. */
  arrived: boolean;
  children: ReactNode;
}

/** One step: what is to be done and why, and below it how. */
export function StepFrame({ title, lead, arrived, children }: StepFrameProps) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (arrived) heading.current?.focus();
  }, [arrived]);
  return (
    <Card aria-labelledby={id} className="gap-5 p-5 sm:p-6">
      <div className="flex flex-col gap-1">
        <h2 ref={heading} id={id} tabIndex={-1} className="text-lg font-semibold tracking-tight outline-none">
          {title}
        </h2>
        <p className="max-w-prose text-muted-foreground">{lead}</p>
      </div>
      {children}
    </Card>
  );
}
