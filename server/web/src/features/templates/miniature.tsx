import type { DashboardDocument } from "@/lib/dashboards/document";
import { planOf } from "./plan";

/** A template as one would see it from afar. Says nothing to those who do not see it: the words beside it do. */
export function Miniature({ document }: { document: DashboardDocument }) {
  return (
    <div
      aria-hidden
      className="flex h-36 flex-col gap-1.5 overflow-hidden border-b bg-muted [mask-image:linear-gradient(black_75%,transparent)] p-3"
    >
      {planOf(document).map(({ id, tracks, blocks }) => (
        <div
          key={id}
          className="grid auto-rows-[0.875rem] gap-1"
          style={{ gridTemplateColumns: `repeat(${tracks}, minmax(0, 1fr))` }}
        >
          {blocks.map((block) => (
            <div
              key={block.id}
              className="rounded-[3px] border bg-card"
              style={{ gridColumn: `span ${block.columns}`, gridRow: `span ${block.rows}` }}
            />
          ))}
        </div>
      ))}
    </div>
  );
}
