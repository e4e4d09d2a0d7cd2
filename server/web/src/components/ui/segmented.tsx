import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly { value: T; title: ReactNode; label?: string }[];
  className?: string;
}

/** A choice of a few that are all in sight. One is always chosen. */
export function Segmented<T extends string>({
  label,
  value,
  onChange,
  options,
  className,
}: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      onValueChange={(next) => {
        const option = options.find((o) => o.value === next);
        if (option) onChange(option.value);
      }}
      aria-label={label}
      className={cn("inline-flex rounded-md bg-muted p-0.5", className)}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          aria-label={option.label}
          className="inline-flex h-7 min-w-8 items-center justify-center rounded-[5px] border border-transparent px-2 text-sm text-muted-foreground transition-colors duration-100 hover:text-foreground data-[state=on]:border-border data-[state=on]:bg-raised data-[state=on]:text-foreground [&_svg]:size-4"
        >
          {option.title}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
