import { Clock } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { ErrorState } from "@/components/ui/states";
import type { Sync } from "@/lib/api/types";
import { formatSoon } from "@/lib/format/date";
import { formatCount, formatDuration } from "@/lib/format/number";
import { sentence } from "@/lib/format/text";
import { secondsLeft } from "@/lib/pace";
import { usePace } from "@/lib/use-pace";
import { Warnings } from "./connection-problem";
import { useCallOff } from "./queries";
import type { Source } from "./states";
import { StreamList } from "./stream-list";
import { isPostponed, kindOf, recordsOf, shareOf, streamsOf } from "./syncs";

interface SyncProgressProps {
  source: Source;
  sync: Sync;
  timezone: string;
  mayCallOff: boolean;
}

/** What is being read of a connection and how far that is, or what it waits for. */
export function SyncProgress({ source, sync, timezone, mayCallOff }: SyncProgressProps) {
  const callOff = useCallOff(source.connection);
  const ending = sync.cancelling || callOff.isPending;
  return (
    <div
      role="group"
      aria-label={`What is being read of ${source.title}`}
      className="flex flex-col gap-3 rounded-md border p-3"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2">
        <p className="font-medium">{kindOf(sync)}</p>
        {mayCallOff && (
          <Button
            size="sm"
            aria-disabled={ending}
            onClick={() => {
              if (!ending) callOff.mutate(sync.id);
            }}
          >
            {ending ? "Calling it off…" : "Call off"}
          </Button>
        )}
      </div>
      {sync.status === "running" ? (
        <Running key={sync.id} source={source} sync={sync} />
      ) : (
        <Waiting sync={sync} timezone={timezone} />
      )}
      <Warnings warnings={sync.warnings} />
      {callOff.error && <ErrorState title="It could not be called off" error={callOff.error} />}
    </div>
  );
}

function Waiting({ sync, timezone }: { sync: Sync; timezone: string }) {
  if (!isPostponed(sync)) return <p className="text-sm text-muted-foreground">Waiting for its turn.</p>;
  return (
    <div className="flex items-start gap-2 text-sm">
      <Clock aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0">
        <p className="font-medium">
          It waits and is tried again {sync.due_at ? formatSoon(sync.due_at, timezone) : "by itself"}.
        </p>
        <p className="wrap-anywhere text-muted-foreground">{sentence(sync.problem?.detail ?? "")}</p>
      </div>
    </div>
  );
}

function Running({ source, sync }: { source: Source; sync: Sync }) {
  const share = shareOf(sync);
  const left = secondsLeft(usePace(share ?? 0));
  const streams = source.provider ? streamsOf(sync, source.provider) : [];
  const current = streams.find(({ state }) => state === "reading");
  return (
    <>
      <div className="flex flex-col gap-1.5">
        <Progress value={share} label={`Reading ${source.title}`} />
        <p className="flex flex-wrap justify-between gap-x-4 text-sm text-muted-foreground tabular-nums">
          <span>
            {current && `${current.title}: `}
            {share !== null && sync.expected
              ? `${formatCount(sync.records)} of ${recordsOf(sync.expected)}`
              : `${recordsOf(sync.records)} read`}
          </span>
          {share !== null && left !== null && <span>about {formatDuration(left)} left</span>}
        </p>
      </div>
      {sync.cancelling && (
        <p className="text-sm text-muted-foreground">
          It is called off, and ends in a moment. What was read stays.
        </p>
      )}
      <StreamList streams={streams} />
    </>
  );
}
