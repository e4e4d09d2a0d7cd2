import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export function Badge({ className, ...props }: ComponentProps<"span">) {
  return (
    <span
      className={cn(
        "inline-flex rounded-full bg-accent-soft px-2 py-0.5 text-xs font-medium whitespace-nowrap text-accent",
        className,
      )}
      {...props}
    />
  );
}
