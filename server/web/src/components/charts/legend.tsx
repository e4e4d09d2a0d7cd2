export type SwatchMark = "solid" | "dashed" | "partial" | "block" | "hatched" | "cap";

interface LegendProps {
  items: { mark: SwatchMark; colour: string; title: string }[];
}

/** Says in words what a line's form means; colour alone never does. */
export function Legend({ items }: LegendProps) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted-foreground">
      {items.map((item) => (
        <li key={item.title} className="inline-flex items-center gap-2 tabular-nums">
          <Swatch mark={item.mark} colour={item.colour} />
          {item.title}
        </li>
      ))}
    </ul>
  );
}

/** A piece of a line or a bar, as the chart draws it. */
export function Swatch({ mark, colour }: { mark: SwatchMark; colour: string }) {
  if (mark === "block" || mark === "hatched") return <Block colour={colour} hatched={mark === "hatched"} />;
  const isDashed = mark === "dashed" || mark === "cap";
  return (
    <svg aria-hidden width="18" height="8" className="shrink-0">
      <line
        x1="1"
        x2={mark === "partial" ? 11 : 17}
        y1="4"
        y2="4"
        stroke={colour}
        strokeWidth={isDashed ? 1.5 : 2}
        strokeLinecap={isDashed ? "butt" : "round"}
        strokeDasharray={isDashed ? "4 3" : mark === "partial" ? "1 4" : undefined}
      />
      {mark === "partial" && (
        <circle cx="14" cy="4" r="2.5" fill="var(--card)" stroke={colour} strokeWidth="1.5" />
      )}
    </svg>
  );
}

function Block({ colour, hatched }: { colour: string; hatched: boolean }) {
  return (
    <svg aria-hidden width="10" height="10" className="shrink-0">
      <rect width="10" height="10" rx="2.5" fill={colour} opacity={hatched ? 0.25 : 1} />
      {hatched && (
        <path d="M1 5L5 1M2 9L9 2M6 9.5L9.5 6" stroke={colour} strokeWidth="1.5" strokeLinecap="round" />
      )}
    </svg>
  );
}
