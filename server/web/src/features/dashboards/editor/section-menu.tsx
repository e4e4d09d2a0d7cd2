import { ArrowDown, ArrowUp, ChevronsDownUp, ChevronsUpDown, Ellipsis, Trash2 } from "lucide-react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Section } from "@/lib/dashboards/document";
import { useEditing } from "./editor-context";

const grey = "text-muted-foreground";

/** What is done with a section without dragging it. */
export function SectionMenu({ section }: { section: Section }) {
  const { document, names, change, remove } = useEditing();
  const { id, collapsed } = section;
  const at = document.sections.findIndex((one) => one.id === id);
  const move = (position: number) => change({ type: "move-section", id, position });
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`More for ${names.section(id)}`}>
          <Ellipsis aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem disabled={at === 0} onSelect={() => move(at - 1)}>
          <ArrowUp aria-hidden className={grey} /> Move up
        </DropdownMenuItem>
        <DropdownMenuItem disabled={at === document.sections.length - 1} onSelect={() => move(at + 1)}>
          <ArrowDown aria-hidden className={grey} /> Move down
        </DropdownMenuItem>
        <DropdownMenuItem
          disabled={section.title === null}
          onSelect={() => change({ type: "change-section", id, parts: { collapsed: !collapsed } })}
        >
          {collapsed ? (
            <ChevronsUpDown aria-hidden className={grey} />
          ) : (
            <ChevronsDownUp aria-hidden className={grey} />
          )}
          {collapsed ? "Show it open" : "Show it closed at first"}
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => remove({ kind: "section", id })}>
          <Trash2 aria-hidden className={grey} /> Remove
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
