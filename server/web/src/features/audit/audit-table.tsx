import { Table, TableCell, TableHead, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { AuditEvent } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { detailOf } from "./detail";

interface AuditTableProps {
  events: AuditEvent[];
  /** These are of an earlier search, and what is asked for now is on its way. */
  dimmed: boolean;
}

const wide = "hidden md:table-cell";

export function AuditTable({ events, dimmed }: AuditTableProps) {
  return (
    <Table label="Events" className={cn("transition-opacity duration-100", dimmed && "opacity-50")}>
      <thead className="max-md:sr-only">
        <tr>
          <TableHead className={wide}>Time</TableHead>
          <TableHead className={wide}>Who</TableHead>
          <TableHead className="max-md:pl-4">What</TableHead>
          <TableHead className={wide}>To what</TableHead>
          <TableHead className={wide}>Address</TableHead>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <TableRow key={event.id} className="align-top max-md:first:border-t-0">
            <TableCell className={cn(wide, "whitespace-nowrap")}>
              <Time instant={event.at} />
            </TableCell>
            <TableCell className={cn(wide, "max-w-48 wrap-anywhere")}>
              <Who actor={event.actor} />
            </TableCell>
            <TableCell className="wrap-anywhere max-md:pl-4 md:max-w-72">
              <p>{event.summary}</p>
              <Detail event={event} />
              {/* On a phone there is no room for columns of these. */}
              <div className="text-sm text-muted-foreground md:hidden">
                {event.target && !isOwn(event) && (
                  <p>
                    To <Name text={event.target.name} />
                  </p>
                )}
                <p>
                  By <Who actor={event.actor} />
                </p>
                <p>
                  <Time instant={event.at} />
                  {event.address && ` · ${event.address}`}
                </p>
              </div>
            </TableCell>
            <TableCell className={cn(wide, "max-w-48 wrap-anywhere")}>
              {event.target ? <Name text={event.target.name} /> : "—"}
            </TableCell>
            <TableCell className={cn(wide, "whitespace-nowrap")} title={event.user_agent ?? undefined}>
              {event.address ?? "—"}
            </TableCell>
          </TableRow>
        ))}
      </tbody>
    </Table>
  );
}

/** Whether somebody did it to themselves, as they do who sign in: naming them once is enough. */
function isOwn({ actor, target }: AuditEvent): boolean {
  return actor.kind === "user" && actor.email === target?.name;
}

function Who({ actor }: Pick<AuditEvent, "actor">) {
  if (actor.kind === "user") return <Name text={actor.email} />;
  if (actor.kind === "key") return <span title="An API key">{actor.name}</span>;
  return <span title={actor.reason}>Aloftly itself</span>;
}

/** A name, which may be an address: those are broken before the domain rather than anywhere. */
function Name({ text }: { text: string }) {
  const at = text.indexOf("@");
  return (
    <>
      {text.slice(0, at + 1)}
      <wbr />
      {text.slice(at + 1)}
    </>
  );
}

function Detail({ event }: { event: AuditEvent }) {
  const parts = detailOf(event);
  if (parts.length === 0) return null;
  return (
    <p className="text-sm text-muted-foreground">
      {parts.map(({ key, text }) => (key === null ? text : `${key}: ${text}`)).join(" · ")}
    </p>
  );
}
