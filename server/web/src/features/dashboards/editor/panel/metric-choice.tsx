import { useMemo, useState, type ReactNode } from "react";
import { useActiveOption } from "@/components/command/use-active-option";
import { Input } from "@/components/ui/input";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import type { Metric, Registry } from "@/lib/api/types";
import { entriesOf, findEntries } from "../picker/catalogue";
import { EntryList } from "../picker/entry-list";

interface MetricChoiceProps {
  registry: Registry;
  /** Which of all are offered. */
  offers?: (metric: Metric) => boolean;
  onChoose: (id: string) => void;
  /** The button that opens it. */
  children: ReactNode;
}

/** One metric out of all, found by its name. */
export function MetricChoice({ registry, offers, onChoose, children }: MetricChoiceProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>{children}</PopoverTrigger>
      <PopoverContent align="start" className="w-72 p-2" aria-label="Figures">
        <Choice
          registry={registry}
          {...(offers && { offers })}
          onChoose={(id) => {
            onChoose(id);
            setOpen(false);
          }}
        />
      </PopoverContent>
    </Popover>
  );
}

function Choice({ registry, offers = () => true, onChoose }: Omit<MetricChoiceProps, "children">) {
  const [text, setText] = useState("");
  const entries = useMemo(() => entriesOf(registry), [registry]);
  const found = findEntries(entries, text, null).filter(({ metric }) => metric !== null && offers(metric));
  const listed = [...new Set(found.map(({ group }) => group))].flatMap((group) =>
    found.filter((entry) => entry.group === group),
  );
  const { active, setActive, field, list, optionId } = useActiveOption(listed.length, (index) => {
    const entry = listed[index];
    if (entry) onChoose(entry.key);
  });
  return (
    <div className="flex flex-col gap-2">
      <Input
        aria-label="Search"
        placeholder="Search"
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        {...field}
      />
      <EntryList
        entries={listed}
        active={active}
        list={list}
        optionId={optionId}
        onActive={(index) => {
          const entry = listed[index];
          if (entry) onChoose(entry.key);
        }}
        onAdd={() => undefined}
      />
    </div>
  );
}
