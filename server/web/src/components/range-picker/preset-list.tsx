import { cn } from "@/lib/cn";
import { PRESET_TITLES, PRESETS, type TimeRange } from "@/lib/metrics/range";

interface PresetListProps {
  range: TimeRange;
  onChoose: (range: TimeRange) => void;
}

export function PresetList({ range, onChoose }: PresetListProps) {
  return (
    <ul
      aria-label="Presets"
      className="grid grid-cols-3 gap-0.5 border-b p-2 sm:w-44 sm:shrink-0 sm:grid-cols-1 sm:content-start sm:border-r sm:border-b-0"
    >
      {PRESETS.map((preset) => (
        <li key={preset}>
          <button
            type="button"
            aria-pressed={range === preset}
            onClick={() => onChoose(preset)}
            className={cn(
              "h-9 w-full rounded-md px-1 text-left text-sm tracking-tight hover:bg-muted sm:h-7 sm:px-2 sm:tracking-normal",
              range === preset && "bg-accent-soft font-medium text-accent hover:bg-accent-soft",
            )}
          >
            {PRESET_TITLES[preset]}
          </button>
        </li>
      ))}
    </ul>
  );
}
