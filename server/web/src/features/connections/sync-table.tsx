import { Badge } from "@/components/ui/badge";
import { Table, TableCell, TableHead, TableRow } from "@/components/ui/table";
import type { Sync } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { formatInstant, formatMoment } from "@/lib/format/date";
import { formatCount, formatDuration, MISSING } from "@/lib/format/number";
import { sentence } from "@/lib/format/text";
import { causeOf, changesOf, kindOf, outcomeOf, recordsOf, secondsOf } from "./syncs";

interface SyncTableProps {
  syncs: Sync[];
  /** What the provider is called. */
  title: string;
  timezone: string;
}

const wide = "hidden lg:table-cell";
const number = cn(wide, "text-right whitespace-nowrap tabular-nums");

export function SyncTable({ syncs, title, timezone }: SyncTableProps) {
  return (
    <Table label={`History of ${title}`}>
      <thead className="max-lg:sr-only">
        <tr>
          <TableHead>What</TableHead>
          <TableHead className={wide}>Why</TableHead>
          <TableHead className={wide}>Began</TableHead>
          <TableHead className={cn(wide, "text-right")}>Took</TableHead>
          <TableHead className={cn(wide, "text-right")}>Records</TableHead>
          <TableHead className={cn(wide, "text-right")}>New</TableHead>
          <TableHead className={cn(wide, "text-right")}>Updated</TableHead>
          <TableHead className={cn(wide, "text-right")}>Removed</TableHead>
          <TableHead className={cn(wide, "text-right")}>Requests</TableHead>
          <TableHead className={wide}>Outcome</TableHead>
        </tr>
      </thead>
      <tbody>
        {syncs.map((sync) => (
          <TableRow key={sync.id} className="align-top max-lg:first:border-t-0">
            <TableCell className="wrap-anywhere lg:max-w-44">
              {kindOf(sync)}
              <Narrow sync={sync} title={title} timezone={timezone} />
            </TableCell>
            <TableCell className={cn(wide, "max-w-44 wrap-anywhere")}>
              <Why sync={sync} title={title} />
            </TableCell>
            <TableCell className={cn(wide, "whitespace-nowrap")}>
              <Began sync={sync} timezone={timezone} />
            </TableCell>
            <TableCell className={number}>{tookOf(sync)}</TableCell>
            <TableCell className={number}>{formatCount(sync.records)}</TableCell>
            <TableCell className={number}>{formatCount(sync.counts.new)}</TableCell>
            <TableCell className={number}>{formatCount(sync.counts.updated)}</TableCell>
            <TableCell className={number}>{formatCount(sync.counts.removed)}</TableCell>
            <TableCell className={number}>{formatCount(sync.requests)}</TableCell>
            <TableCell className={cn(wide, "max-w-64 wrap-anywhere")}>
              <Outcome sync={sync} />
            </TableCell>
          </TableRow>
        ))}
      </tbody>
    </Table>
  );
}

/** On a phone there is no room for columns of these. */
function Narrow({ sync, title, timezone }: Omit<SyncTableProps, "syncs"> & { sync: Sync }) {
  return (
    <div className="flex flex-col gap-0.5 text-sm text-muted-foreground lg:hidden">
      <div>
        <Why sync={sync} title={title} />
      </div>
      <p className="tabular-nums">
        <Began sync={sync} timezone={timezone} />
        {secondsOf(sync) !== null && ` · took ${tookOf(sync)}`}
      </p>
      <p className="tabular-nums">
        {recordsOf(sync.records)} by{" "}
        {sync.requests === 1 ? "1 request" : `${formatCount(sync.requests)} requests`}
      </p>
      <p className="tabular-nums">{changesOf(sync)}</p>
      <Outcome sync={sync} />
    </div>
  );
}

function Why({ sync, title }: { sync: Sync; title: string }) {
  return (
    <>
      {causeOf(sync, title)}
      {sync.requested_by && <span className="block text-sm">by {sync.requested_by}</span>}
    </>
  );
}

function Began({ sync, timezone }: { sync: Sync; timezone: string }) {
  const instant = sync.started_at;
  if (!instant) return <span title="It has not begun.">{MISSING}</span>;
  return (
    <time dateTime={instant} title={formatMoment(instant, timezone)}>
      {formatInstant(instant, timezone)}
    </time>
  );
}

function tookOf(sync: Sync): string {
  const seconds = secondsOf(sync);
  return seconds === null ? MISSING : formatDuration(seconds);
}

const TONES = { plain: "bg-muted text-muted-foreground", accent: undefined, bad: "bg-bad-soft text-bad" };

function Outcome({ sync }: { sync: Sync }) {
  const { title, tone } = outcomeOf(sync);
  return (
    <div>
      <Badge className={TONES[tone]}>{title}</Badge>
      {sync.problem && <p className="text-sm text-muted-foreground">{sentence(sync.problem.detail)}</p>}
      {sync.warnings.map((warning) => (
        <p key={warning} className="text-sm text-warn">
          {sentence(warning)}
        </p>
      ))}
    </div>
  );
}
