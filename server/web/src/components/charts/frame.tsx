import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";
import type { Walk } from "./use-walk";

interface ChartFrameProps extends Omit<ComponentProps<"div">, "children"> {
  /** What the chart shows, for those who do not see it. */
  label: string;
  kind: string;
  walk: Walk;
  /** What is said of the place that is read. */
  tooltip: ReactNode;
  children: ReactNode;
}

/**
 * What a drawing lies in that can be pointed at and walked through: it takes the focus, arrow keys read one place after the
 * other, and what they come to is said aloud.
 */
export function ChartFrame({ label, kind, walk, tooltip, children, className, ...props }: ChartFrameProps) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- an application is one that takes keys
    <div
      role="application"
      aria-label={label}
      data-chart={kind}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is walked through by arrow keys
      tabIndex={0}
      onKeyDown={walk.onKeyDown}
      onBlur={walk.onBlur}
      className={cn("relative size-full min-h-0 touch-pan-y rounded-sm select-none", className)}
      {...props}
    >
      {children}
      {!walk.byKeys && tooltip}
      <div role="status">{walk.byKeys && tooltip}</div>
    </div>
  );
}
