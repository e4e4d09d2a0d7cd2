import { grouped } from "@/components/command/search";
import { cn } from "@/lib/cn";
import type { Entry } from "./catalogue";

interface EntryListProps {
  entries: readonly Entry[];
  active: number;
  list: { id: string; role: "listbox" };
  optionId: (index: number) => string;
  onActive: (index: number) => void;
  onAdd: (entry: Entry) => void;
}

/** What there is to choose from. A press shows it beside the list, two put it on the dashboard. */
export function EntryList({ entries, active, list, optionId, onActive, onAdd }: EntryListProps) {
  return (
    <div
      {...list}
      aria-label="Figures and other widgets"
      className="max-h-64 min-h-24 overflow-y-auto rounded-md border p-1 lg:max-h-[52vh] lg:flex-1"
    >
      {grouped(entries).map(({ group, entries: some }) => (
        <div key={group} role="group" aria-label={group}>
          <p aria-hidden className="px-2 pt-2 pb-1 text-sm text-muted-foreground">
            {group}
          </p>
          {some.map((entry) => {
            const at = entries.indexOf(entry);
            return (
              <button
                key={entry.key}
                type="button"
                role="option"
                tabIndex={-1}
                id={optionId(at)}
                aria-selected={at === active}
                onClick={() => onActive(at)}
                onDoubleClick={() => onAdd(entry)}
                className={cn(
                  "block min-h-8 w-full truncate rounded-md px-2 py-1 text-left hover:bg-muted",
                  at === active && "bg-accent-soft font-medium text-accent hover:bg-accent-soft",
                )}
              >
                {entry.title}
              </button>
            );
          })}
        </div>
      ))}
    </div>
  );
}
