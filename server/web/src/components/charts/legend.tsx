type Mark = "solid" | "dashed" | "partial";

interface LegendProps {
  items: { mark: Mark; colour: string; title: string }[];
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

function Swatch({ mark, colour }: { mark: Mark; colour: string }) {
  return (
    <svg aria-hidden width="18" height="8" className="shrink-0">
      <line
        x1="1"
        x2={mark === "partial" ? 11 : 17}
        y1="4"
        y2="4"
        stroke={colour}
        strokeWidth={mark === "dashed" ? 1.5 : 2}
        strokeLinecap={mark === "dashed" ? "butt" : "round"}
        strokeDasharray={mark === "dashed" ? "4 3" : mark === "partial" ? "1 4" : undefined}
      />
      {mark === "partial" && (
        <circle cx="14" cy="4" r="2.5" fill="var(--card)" stroke={colour} strokeWidth="1.5" />
      )}
    </svg>
  );
}
