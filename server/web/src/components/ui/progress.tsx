import { Progress as ProgressPrimitive } from "radix-ui";
import { cn } from "@/lib/cn";

interface ProgressProps {
  /** 0 to 1; null when how much is left is not known. */
  value: number | null;
  label: string;
  className?: string;
}

export function Progress({ value, label, className }: ProgressProps) {
  const percent = value === null ? null : Math.round(Math.min(Math.max(value, 0), 1) * 100);
  return (
    <ProgressPrimitive.Root
      value={percent}
      aria-label={label}
      className={cn("h-1.5 overflow-hidden rounded-full bg-muted", className)}
    >
      <ProgressPrimitive.Indicator
        className={cn(
          "size-full origin-left rounded-full bg-accent transition-transform duration-150",
          percent === null && "animate-breathe",
        )}
        style={{ transform: `translateX(-${100 - (percent ?? 100)}%)` }}
      />
    </ProgressPrimitive.Root>
  );
}
