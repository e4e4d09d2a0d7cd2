import { cn } from "@/lib/cn";

export function LogoMark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={cn("size-7", className)}>
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path
        d="M8 22 16 9l8 13"
        fill="none"
        stroke="var(--accent-foreground)"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        d="M12.5 22h7"
        fill="none"
        stroke="var(--accent-foreground)"
        strokeWidth="3"
        strokeLinecap="round"
        opacity=".6"
      />
    </svg>
  );
}
