import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return (
    <input
      className={cn(
        "h-9 w-full min-w-0 rounded-md border border-input bg-card px-3 text-base tabular-nums transition-colors placeholder:text-muted-foreground",
        "focus-visible:border-accent focus-visible:outline-offset-0 disabled:opacity-50 aria-invalid:border-bad",
        className,
      )}
      {...props}
    />
  );
}
