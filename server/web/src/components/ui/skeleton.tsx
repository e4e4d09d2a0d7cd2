import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** A place where something will be. It shows itself after 150 ms only: what comes sooner needs no announcement. */
export function Skeleton({ className, ...props }: ComponentProps<"div">) {
  return (
    <div aria-hidden className={cn("animate-late rounded-md", className)} {...props}>
      <div className="size-full animate-breathe rounded-[inherit] bg-muted" />
    </div>
  );
}
