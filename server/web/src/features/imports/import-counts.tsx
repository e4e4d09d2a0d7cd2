import type { Import } from "@/lib/api/types";
import { formatCount } from "@/lib/format/number";
import { RECORDS } from "./records";

const PARTS = [
  { key: "new", title: "New", meaning: "Not seen before" },
  { key: "updated", title: "Updated", meaning: "Known, with other content" },
  { key: "unchanged", title: "Unchanged", meaning: "Known, and the same" },
  { key: "stale", title: "Out of date", meaning: "Older than what is here, so left out" },
] as const;

/** What became of the records in a file. */
export function ImportCounts({ item }: { item: Pick<Import, "kind" | "counts"> }) {
  const { kind, counts } = item;
  const all = counts.new + counts.updated + counts.unchanged + counts.stale;
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-sm text-muted-foreground tabular-nums">
        {formatCount(all)} records: {RECORDS[kind]}
      </p>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border bg-border sm:grid-cols-4">
        {PARTS.map(({ key, title, meaning }) => (
          <div key={key} className="flex flex-col bg-card px-3 py-2" title={meaning}>
            <dt className="text-sm text-muted-foreground">{title}</dt>
            <dd className="font-medium tabular-nums">{formatCount(counts[key])}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
