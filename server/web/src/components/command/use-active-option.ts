import { useId, useState, type KeyboardEvent } from "react";

/**
 * A text field with a list below it, of which one entry is the one that Enter takes: the arrow keys go along the list while the
 * field keeps the focus.
 */
export function useActiveOption(count: number, onChoose: (index: number) => void) {
  const id = useId();
  const [wanted, setWanted] = useState(0);
  const active = Math.min(wanted, count - 1);
  const optionId = (index: number) => `${id}-${index}`;

  const go = (index: number) => {
    setWanted(index);
    document.getElementById(optionId(index))?.scrollIntoView({ block: "nearest" });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (count === 0 || event.nativeEvent.isComposing) return;
    const next: Record<string, number> = {
      ArrowDown: (active + 1) % count,
      ArrowUp: (active - 1 + count) % count,
      PageDown: Math.min(active + 8, count - 1),
      PageUp: Math.max(active - 8, 0),
    };
    const to = next[event.key];
    if (to !== undefined) {
      event.preventDefault();
      go(to);
    } else if (event.key === "Enter") {
      event.preventDefault();
      onChoose(active);
    }
  };

  return {
    active,
    /** Goes to an entry; to the first one when the list is another. */
    setActive: setWanted,
    /** What the text field is given. */
    field: {
      role: "combobox",
      "aria-expanded": true,
      "aria-autocomplete": "list",
      "aria-controls": `${id}-list`,
      "aria-activedescendant": count > 0 ? optionId(active) : undefined,
      onKeyDown,
    } as const,
    /** What the list is given. */
    list: { id: `${id}-list`, role: "listbox" } as const,
    optionId,
  };
}
