import { cn } from "@/lib/cn";
import { Swatch, type SwatchMark } from "./legend";

export interface LegendSeries {
  key: string;
  title: string;
  colour: string;
  mark: SwatchMark;
}

interface SeriesLegendProps {
  series: LegendSeries[];
  hidden: ReadonlySet<string>;
  onToggle: (key: string) => void;
  /** The series that is pointed at, so that the chart has the others step back. */
  onHighlight: (key: string | null) => void;
  className?: string;
}

/** Says whose line is whose, and switches lines off and on. */
export function SeriesLegend({ series, hidden, onToggle, onHighlight, className }: SeriesLegendProps) {
  return (
    <ul className={cn("flex flex-wrap gap-x-1 text-sm", className)}>
      {series.map(({ key, title, colour, mark }) => {
        const isShown = !hidden.has(key);
        return (
          <li key={key} className="max-w-full">
            <button
              type="button"
              aria-pressed={isShown}
              onClick={() => onToggle(key)}
              onPointerEnter={() => onHighlight(isShown ? key : null)}
              onPointerLeave={() => onHighlight(null)}
              className={cn(
                "inline-flex h-6 max-w-full items-center gap-1.5 rounded px-1.5 text-muted-foreground hover:bg-muted hover:text-foreground",
                !isShown && "line-through decoration-muted-foreground/60",
              )}
            >
              <Swatch mark={mark} colour={isShown ? colour : "var(--input)"} />
              <span className="truncate">{title}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
