import { ArrowDown, ArrowUp } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { Tooltip } from "./tooltip";

interface TableProps extends ComponentProps<"table"> {
  label: string;
  /** For the box that the table scrolls in. A height belongs there: heads stick to the box that scrolls, and no other. */
  containerClassName?: string;
}

/** Scrolls by itself when it is larger than its place, by keyboard too. */
export function Table({ className, containerClassName, label, ...props }: TableProps) {
  return (
    <div
      role="group"
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className={cn("relative w-full overflow-auto", containerClassName)}
    >
      <table className={cn("w-full text-base", className)} {...props} />
    </div>
  );
}

export function TableHead({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn(
        "h-9 px-2 text-left text-sm font-normal whitespace-nowrap text-muted-foreground first:pl-4 last:pr-4 sm:px-3 sm:first:pl-5 sm:last:pr-5",
        className,
      )}
      {...props}
    />
  );
}

export function TableRow({ className, ...props }: ComponentProps<"tr">) {
  return <tr className={cn("border-t transition-colors hover:bg-muted/50", className)} {...props} />;
}

export function TableCell({ className, ...props }: ComponentProps<"td">) {
  return (
    <td
      className={cn("h-10 px-2 py-1.5 first:pl-4 last:pr-4 sm:px-3 sm:first:pl-5 sm:last:pr-5", className)}
      {...props}
    />
  );
}

interface SortableHeadProps {
  title: string;
  /** What exactly is in the column. */
  description?: string | null;
  direction: "asc" | "desc" | null;
  onSort: () => void;
  className?: string;
}

export function SortableHead({ title, description, direction, onSort, className }: SortableHeadProps) {
  const Arrow = direction === "asc" ? ArrowUp : ArrowDown;
  const button = (
    <button
      type="button"
      onClick={onSort}
      className={cn(
        "group -mx-1.5 inline-flex items-center gap-1 rounded px-1.5 py-1 text-right hover:text-foreground",
        direction !== null && "font-medium text-foreground",
      )}
    >
      <Arrow
        aria-hidden
        className={cn(
          "size-3.5 shrink-0",
          direction === null && "opacity-0 group-hover:opacity-50 group-focus-visible:opacity-50",
        )}
      />
      {title}
    </button>
  );
  return (
    <TableHead
      aria-sort={direction === null ? "none" : direction === "asc" ? "ascending" : "descending"}
      className={cn("text-right whitespace-normal sm:whitespace-nowrap", className)}
    >
      {description ? <Tooltip content={description}>{button}</Tooltip> : button}
    </TableHead>
  );
}
