import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** The browser's own list: it fits every screen and every way of input. */
export function Select({ className, ...props }: ComponentProps<"select">) {
  return (
    <div className={cn("relative", className)}>
      <select
        className="h-9 w-full appearance-none truncate rounded-md border border-input bg-card pr-8 pl-3 text-base disabled:opacity-50 aria-disabled:opacity-50 aria-invalid:border-bad"
        {...props}
      />
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-2.5 right-2.5 size-4 text-muted-foreground"
      />
    </div>
  );
}
