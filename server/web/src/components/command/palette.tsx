import { Search } from "lucide-react";
import { useRef, useState } from "react";
import { Dialog, DialogContent, DialogTitle } from "@/components/ui/dialog";
import { cn } from "@/lib/cn";
import { useAllCommands, type Command } from "./commands";
import { Keys } from "./keys";
import { findCommands, grouped } from "./search";
import { useActiveOption } from "./use-active-option";

const NEAREST = [
  "This dashboard",
  "Changing the dashboard",
  "Dashboards",
  "Stores",
  "Go to",
  "Do",
  "Widgets",
];

function nearness({ group }: Command): number {
  const at = NEAREST.indexOf(group);
  return at === -1 ? NEAREST.length : at;
}

/** Everything that can be gone to or done from here, found by its name. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const chosen = useRef<Command | null>(null);
  const commands = useAllCommands();
  const found = findCommands(commands, text);
  // Where nothing is asked for, what is nearest comes first.
  const groups = grouped(text.trim() === "" ? found.toSorted((a, b) => nearness(a) - nearness(b)) : found);
  const entries = groups.flatMap((group) => group.entries);
  const choose = (command: Command | undefined) => {
    if (!command) return;
    chosen.current = command;
    onClose();
    command.run();
  };
  const { active, setActive, field, list, optionId } = useActiveOption(entries.length, (index) =>
    choose(entries[index]),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent
        className="max-w-lg overflow-hidden"
        aria-describedby={undefined}
        closable={false}
        onEscapeKeyDown={onClose}
        onPointerDownOutside={onClose}
        returnTo={() => chosen.current?.goal?.() ?? null}
      >
        <DialogTitle className="sr-only">Search and commands</DialogTitle>
        <div className="flex items-center gap-2 border-b px-4">
          <Search aria-hidden className="size-4 shrink-0 text-muted-foreground" />
          <input
            aria-label="Search and commands"
            placeholder="Go to a dashboard, a store, a widget, or do something"
            autoComplete="off"
            spellCheck={false}
            className="h-12 w-full min-w-0 bg-transparent text-base outline-none placeholder:text-muted-foreground"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setActive(0);
            }}
            {...field}
          />
        </div>
        <div {...list} aria-label="What is found" className="min-h-0 overflow-y-auto p-1">
          {groups.map(({ group, entries: some }) => (
            <div key={group} role="group" aria-label={group}>
              <p aria-hidden className="px-3 pt-2 pb-1 text-sm text-muted-foreground">
                {group}
              </p>
              {some.map((command) => {
                const index = entries.indexOf(command);
                return (
                  <Entry
                    key={command.id}
                    command={command}
                    active={index === active}
                    id={optionId(index)}
                    onChoose={() => choose(command)}
                    onHover={() => setActive(index)}
                  />
                );
              })}
            </div>
          ))}
        </div>
        {entries.length === 0 && (
          <p role="status" className="px-4 pt-1 pb-5 text-muted-foreground">
            Nothing here is called “{text.trim()}”.
          </p>
        )}
      </DialogContent>
    </Dialog>
  );
}

interface EntryProps {
  command: Command;
  active: boolean;
  id: string;
  onChoose: () => void;
  onHover: () => void;
}

function Entry({ command, active, id, onChoose, onHover }: EntryProps) {
  const { title, hint, icon, keys } = command;
  return (
    // The text field above has the focus and hears the keys.
    <button
      type="button"
      role="option"
      tabIndex={-1}
      id={id}
      aria-selected={active}
      onClick={onChoose}
      onPointerMove={onHover}
      className={cn(
        "flex min-h-10 w-full items-center gap-3 rounded-md px-3 py-1.5 text-left [&_svg]:size-4 [&_svg]:shrink-0",
        active && "bg-muted",
      )}
    >
      {icon && <span className="text-muted-foreground">{icon}</span>}
      <span className="min-w-0 truncate">{title}</span>
      {hint && <span className="min-w-0 truncate text-sm text-muted-foreground">{hint}</span>}
      {keys && <Keys keys={keys} className="ml-auto hidden sm:inline-flex" />}
    </button>
  );
}
