import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

export interface BarPart {
  key: string;
  colour: string;
  /** Its length in parts of the longest bar. */
  length: number;
}

export interface BarTrack {
  key: string;
  parts: BarPart[];
  /** Where it was in the other period, in parts of the longest bar. */
  before?: number | null;
  /** The value, as it is written beside it; of a bar alone it stands beside the name. */
  value?: ReactNode;
}

export interface BarRow {
  key: string;
  title: string;
  /** The value, as it is written beside the name. */
  value: ReactNode;
  tracks: BarTrack[];
}

interface BarListProps {
  label: string;
  rows: BarRow[];
  className?: string;
}

/** Bars with their names over them, one below the other: names are never cut where there is room. */
export function BarList({ label, rows, className }: BarListProps) {
  return (
    <div
      role="group"
      aria-label={label}
      data-chart="bar-list"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className={cn("min-h-0 flex-1 overflow-y-auto", className)}
    >
      <ul className="flex flex-col gap-2.5 pr-1">
        {rows.map((row) => (
          <li key={row.key} className="flex flex-col gap-1">
            <div className="flex items-baseline justify-between gap-3">
              <span className="min-w-0 truncate" title={row.title}>
                {row.title}
              </span>
              <span className="flex shrink-0 items-baseline gap-2 tabular-nums">{row.value}</span>
            </div>
            {row.tracks.map((track) => (
              <div key={track.key} className="flex items-center gap-3">
                <Track track={track} />
                {track.value !== undefined && (
                  <span className="min-w-16 text-right text-sm tabular-nums">{track.value}</span>
                )}
              </div>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}

const percent = (part: number) => `${Math.min(Math.max(part, 0), 1) * 100}%`;

function Track({ track }: { track: BarTrack }) {
  return (
    <div aria-hidden className="relative flex h-1.5 flex-1 gap-px rounded-full bg-muted">
      {track.parts.map((part) => (
        <span
          key={part.key}
          style={{ width: percent(part.length), background: part.colour }}
          className="h-full first:rounded-l-full last:rounded-r-full"
        />
      ))}
      {typeof track.before === "number" && (
        <span
          style={{ left: percent(track.before) }}
          className="absolute -top-0.5 -bottom-0.5 w-0 border-l border-dashed border-foreground/80"
        />
      )}
    </div>
  );
}
