import { formatAgo, formatInstant, formatMoment, ownZone } from "@/lib/format/date";

/** When something happened to people rather than to a store, and so on the clock of whoever reads; in full on hover. */
export function Time({ instant, className }: { instant: string; className?: string }) {
  const zone = ownZone();
  return (
    <time dateTime={instant} title={formatMoment(instant, zone)} className={className}>
      {formatInstant(instant, zone)}
    </time>
  );
}

export function Ago({ instant, className }: { instant: string; className?: string }) {
  return (
    <time dateTime={instant} title={formatMoment(instant, ownZone())} className={className}>
      {formatAgo(instant)}
    </time>
  );
}
