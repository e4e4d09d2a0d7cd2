import { CircleAlert, CircleCheck, Clock } from "lucide-react";
import { Progress } from "@/components/ui/progress";
import type { Import } from "@/lib/api/types";
import { formatInstant, formatSoon } from "@/lib/format/date";
import { formatCount, formatDuration } from "@/lib/format/number";
import { sentence } from "@/lib/format/text";
import { usePace } from "@/lib/use-pace";
import { ImportCounts } from "./import-counts";
import { ImportErrors } from "./import-errors";
import { isSaving, secondsLeft } from "./progress";
import { isPostponed } from "./queries";

interface ImportStatusProps {
  item: Import;
  timezone: string;
}

/** How far an import is, or how it ended. */
export function ImportStatus({ item, timezone }: ImportStatusProps) {
  switch (item.status) {
    case "queued":
      return isPostponed(item) ? (
        <Postponed item={item} timezone={timezone} />
      ) : (
        <p className="text-sm text-muted-foreground">Waiting for its turn.</p>
      );
    case "running":
      return <Running key={item.id} item={item} />;
    case "failed":
      return <Failed item={item} />;
    case "done":
      return <Done item={item} timezone={timezone} />;
  }
}

function Postponed({ item, timezone }: ImportStatusProps) {
  return (
    <div className="flex items-start gap-2 text-sm">
      <Clock aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0">
        <p className="font-medium">
          The import waits and is tried again
          {item.retry_at ? ` ${formatSoon(item.retry_at, timezone)}` : " by itself"}.
        </p>
        <p className="break-words text-muted-foreground">{sentence(item.waiting_for ?? "")}</p>
      </div>
    </div>
  );
}

function Running({ item }: { item: Import }) {
  const left = secondsLeft(usePace(item.progress));
  return (
    <div className="flex flex-col gap-1.5">
      <Progress value={item.progress} label={`Importing ${item.file_name}`} />
      <p className="flex justify-between gap-4 text-sm text-muted-foreground tabular-nums">
        <span>{formatCount(item.rows_read)} rows read</span>
        {isSaving(item.progress) && <span>Saving</span>}
        {left !== null && <span>about {formatDuration(left)} left</span>}
      </p>
    </div>
  );
}

function Done({ item, timezone }: ImportStatusProps) {
  return (
    <div className="flex flex-col gap-3">
      <p className="flex items-center gap-2 text-sm" role="status">
        <CircleCheck aria-hidden className="size-4 shrink-0 text-good" />
        {item.already_imported
          ? "This file was imported before. Nothing has changed."
          : `Imported the file’s ${formatCount(item.rows_read)} rows${
              item.finished_at ? `, ${formatInstant(item.finished_at, timezone)}` : ""
            }.`}
      </p>
      {!item.already_imported && <ImportCounts item={item} />}
    </div>
  );
}

function Failed({ item }: { item: Import }) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start gap-2 text-sm" role="alert">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
        <div>
          <p className="font-medium">Nothing was imported; your numbers are as they were.</p>
          <p className="text-muted-foreground">
            {item.error_count > 0
              ? "A file is taken as a whole or not at all. Correct these cells, or export the file again, and import it once more."
              : (item.error ?? "The server could not read the file. Try again, or export it once more.")}
          </p>
        </div>
      </div>
      {item.error_count > 0 && <ImportErrors errors={item.errors} total={item.error_count} />}
    </div>
  );
}
