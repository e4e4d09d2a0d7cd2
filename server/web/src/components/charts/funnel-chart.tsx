import type { ReactNode } from "react";

export interface FunnelStep {
  key: string;
  title: string;
  /** The part of those at the first step that came this far; null where that is not known. */
  part: number | null;
  /** The same of the other period. */
  before: number | null;
  /** How many, as it is written. */
  value: ReactNode;
  /** What share of the first step they are, as it is written; absent for the first. */
  share: string | null;
  /** What share of the step before did not come here, as it is written; absent for the first. */
  lost: string | null;
}

interface FunnelChartProps {
  label: string;
  steps: FunnelStep[];
}

const percent = (part: number) => `${Math.min(Math.max(part, 0), 1) * 100}%`;

/** How many come how far: a column for each step where there is room, else a row. */
export default function FunnelChart({ label, steps }: FunnelChartProps) {
  return (
    <div
      role="group"
      aria-label={label}
      data-chart="funnel"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="@container min-h-0 flex-1 overflow-y-auto rounded-sm"
    >
      <ol className="flex min-h-full flex-col gap-3 @md:h-full @md:flex-row @md:gap-0">
        {steps.map((step) => (
          <li
            key={step.key}
            className="flex flex-col gap-1 @md:min-w-0 @md:flex-1 @md:gap-1.5 @md:border-l @md:px-3 @md:first:border-l-0 @md:first:pl-0 @md:last:pr-0"
          >
            <div className="flex flex-wrap items-baseline justify-between gap-x-2 @md:block">
              <p className="truncate text-sm text-muted-foreground" title={step.title}>
                {step.title}
              </p>
              <p className="flex flex-wrap items-baseline gap-x-2 tabular-nums">
                <span className="font-semibold @md:text-lg">{step.value}</span>
                {step.share !== null && <span className="text-sm text-muted-foreground">{step.share}</span>}
              </p>
              <p className="text-sm text-muted-foreground tabular-nums @max-md:order-last @max-md:w-full @md:min-h-5">
                {step.lost !== null && `${step.lost} dropped off`}
              </p>
            </div>
            <Row step={step} />
            <Column step={step} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Row({ step }: { step: FunnelStep }) {
  return (
    <div aria-hidden className="relative h-2 rounded-full bg-muted @md:hidden">
      <span
        style={{ width: percent(step.part ?? 0) }}
        className="block h-full rounded-full bg-(--series-1)"
      />
      {step.before !== null && (
        <span
          style={{ left: percent(step.before) }}
          className="absolute -top-0.5 -bottom-0.5 border-l border-dashed border-foreground/80"
        />
      )}
    </div>
  );
}

function Column({ step }: { step: FunnelStep }) {
  return (
    <div
      aria-hidden
      className="relative hidden min-h-12 flex-1 flex-col justify-end overflow-hidden rounded-md bg-muted/60 @md:flex"
    >
      <span style={{ height: percent(step.part ?? 0) }} className="block rounded-md bg-(--series-1)" />
      {step.before !== null && (
        <span
          style={{ bottom: percent(step.before) }}
          className="absolute inset-x-0 border-t border-dashed border-foreground/80"
        />
      )}
    </div>
  );
}
