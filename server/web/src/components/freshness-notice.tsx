import { CloudOff } from "lucide-react";
import { formatAge } from "@/lib/format/date";

/** How old the figures of a page are, while the server is away. It stands before the page, so that nothing of that moves. */
export function FreshnessNotice({ age }: { age: number | null }) {
  return (
    <div className="pointer-events-none fixed inset-x-0 bottom-4 z-40 flex justify-center px-4">
      {/* It is there before there is anything to tell, so that it is read out. The age is not, again and again. */}
      <span role="status" className="sr-only">
        {age !== null && "The server is away. What is shown is what was known before."}
      </span>
      {age !== null && (
        <p className="flex animate-appear items-center gap-2 rounded-lg border bg-popover px-3 py-2 text-sm shadow-(--shadow-float)">
          <CloudOff aria-hidden className="size-4 shrink-0 text-warn" />
          The server is away. Figures as of {formatAge(age)}.
        </p>
      )}
    </div>
  );
}
