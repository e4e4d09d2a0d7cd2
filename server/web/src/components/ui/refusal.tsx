import type { ComponentProps } from "react";
import { messageOf } from "@/lib/api/error";
import { cn } from "@/lib/cn";

interface RefusalProps extends ComponentProps<"p"> {
  error: Error;
}

/** Why something that was just asked for was not done, next to where it was asked for; in other words where there are better. */
export function Refusal({ error, className, children, ...props }: RefusalProps) {
  return (
    <p role="alert" className={cn("rounded-md bg-bad-soft px-3 py-2 text-sm text-bad", className)} {...props}>
      {children ?? messageOf(error)}
    </p>
  );
}
