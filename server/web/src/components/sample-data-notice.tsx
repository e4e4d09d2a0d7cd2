import { FlaskConical } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

interface SampleDataNoticeProps {
  /** The stores whose data are made up. */
  stores: readonly { id: string; name: string }[];
  /** What can be done about it. */
  children?: ReactNode;
  className?: string;
}

/** Says that figures are made up, so that nobody takes them for real ones. */
export function SampleDataNotice({ stores, children, className }: SampleDataNoticeProps) {
  if (stores.length === 0) return null;
  const names = new Intl.ListFormat("en", { type: "conjunction" }).format(stores.map(({ name }) => name));
  return (
    <div
      role="note"
      aria-label="Sample data"
      className={cn(
        "flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-accent-soft px-4 py-2.5",
        className,
      )}
    >
      <FlaskConical aria-hidden className="size-4 shrink-0 text-accent" />
      <p className="min-w-0 flex-1 basis-60 break-words">
        <strong className="font-medium">Sample data.</strong> The figures of {names} are made up.
      </p>
      {children}
    </div>
  );
}
