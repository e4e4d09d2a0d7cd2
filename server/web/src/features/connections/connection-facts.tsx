import type { ReactNode } from "react";
import { Ago } from "@/components/ui/time";
import type { Integration, Sync } from "@/lib/api/types";
import { formatMoment, formatSoon, ownZone } from "@/lib/format/date";
import { MISSING } from "@/lib/format/number";
import { changesOf, isUnderWay, recordsOf } from "./syncs";

interface ConnectionFactsProps {
  connection: Integration;
  timezone: string;
}

/** How recent the data of a connection are, and what came of the last reading. */
export function ConnectionFacts({ connection, timezone }: ConnectionFactsProps) {
  const { synced_at, next_sync_at, latest_sync, connected_by, created_at } = connection;
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 lg:grid-cols-4">
      <Fact title="Everything is there until">
        {synced_at ? <Ago instant={synced_at} /> : <Missing reason="It was not read to its end yet." />}
      </Fact>
      <Fact title="Is read next">
        {next_sync_at ? (
          <time dateTime={next_sync_at} title={formatMoment(next_sync_at, ownZone())}>
            {formatSoon(next_sync_at, timezone)}
          </time>
        ) : (
          <Missing reason="It is not read by itself." />
        )}
      </Fact>
      <Fact title="Last reading">
        {latest_sync ? <Reading sync={latest_sync} /> : <Missing reason="It was not read yet." />}
      </Fact>
      <Fact title="Connected">
        <Ago instant={created_at} />
        {connected_by && (
          <span className="block text-sm wrap-anywhere text-muted-foreground">by {connected_by}</span>
        )}
      </Fact>
    </dl>
  );
}

function Reading({ sync }: { sync: Sync }) {
  if (isUnderWay(sync)) return "Under way";
  return (
    <>
      {recordsOf(sync.records)}
      <span className="block text-sm text-muted-foreground">{changesOf(sync)}</span>
    </>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-sm text-muted-foreground">{title}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}

function Missing({ reason }: { reason: string }) {
  return <span title={reason}>{MISSING}</span>;
}
