import { ChangeBadge } from "@/components/change-badge";
import type { Change } from "@/lib/metrics/response";
import { cn } from "@/lib/cn";

interface CellChangeProps {
  change: Change;
  higherIsBetter: boolean | null;
  className?: string;
}

/** How a figure of a table changed, as broad in each row, so that the figures stand in line. */
export function CellChange({ change, higherIsBetter, className }: CellChangeProps) {
  return (
    <span className={cn("hidden w-18 justify-end text-sm font-normal @md:inline-flex", className)}>
      <ChangeBadge change={change} higherIsBetter={higherIsBetter} />
    </span>
  );
}
