import { ChevronRight } from "lucide-react";
import { useId } from "react";
import { Progress } from "@/components/ui/progress";
import type { Import } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { formatInstant, formatSoon } from "@/lib/format/date";
import { formatBytes, formatCount } from "@/lib/format/number";
import { ImportStatus } from "./import-status";
import { isPostponed } from "./queries";

interface ImportRowProps {
  item: Import;
  timezone: string;
  open: boolean;
  onToggle: () => void;
}

/** One line about an import; behind it all that is known of it. */
export function ImportRow({ item, timezone, open, onToggle }: ImportRowProps) {
  const id = useId();
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={onToggle}
        className="flex w-full items-center gap-3 px-4 py-3 text-left hover:bg-muted/50 focus-visible:-outline-offset-2 sm:px-5"
      >
        <ChevronRight
          aria-hidden
          className={cn(
            "size-4 shrink-0 text-muted-foreground transition-transform duration-100",
            open && "rotate-90",
          )}
        />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{item.file_name}</span>
          <span className="block text-sm text-muted-foreground tabular-nums">
            <span className="whitespace-nowrap">{formatInstant(item.created_at, timezone)} ·</span>{" "}
            <span className="whitespace-nowrap">{formatBytes(item.size_bytes)}</span>
          </span>
        </span>
        <Outcome item={item} timezone={timezone} />
      </button>
      {open && (
        <div id={id} className="px-4 pt-1 pb-5 sm:pr-5 sm:pl-12">
          <ImportStatus item={item} timezone={timezone} />
        </div>
      )}
    </li>
  );
}

function Outcome({ item, timezone }: Pick<ImportRowProps, "item" | "timezone">) {
  switch (item.status) {
    case "queued":
      return (
        <span className="text-right text-sm text-muted-foreground tabular-nums">
          Waiting
          {isPostponed(item) && item.retry_at && (
            <span className="hidden sm:inline"> · tried again {formatSoon(item.retry_at, timezone)}</span>
          )}
        </span>
      );
    case "running":
      return (
        <Progress value={item.progress} label={`Importing ${item.file_name}`} className="w-24 sm:w-40" />
      );
    case "failed":
      return (
        <span className="rounded-full bg-bad-soft px-2 py-0.5 text-sm font-medium whitespace-nowrap text-bad">
          Not imported
        </span>
      );
    case "done":
      return (
        <span className="text-right text-sm whitespace-nowrap text-muted-foreground tabular-nums">
          {item.already_imported ? "Known already" : <Summary counts={item.counts} />}
        </span>
      );
  }
}

function Summary({ counts }: { counts: Import["counts"] }) {
  return (
    <>
      <span className="text-foreground">{formatCount(counts.new)} new</span>
      <span className="hidden sm:inline"> records · {formatCount(counts.updated)} updated</span>
    </>
  );
}
