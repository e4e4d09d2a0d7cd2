import { useId } from "react";
import type { Store } from "@/lib/api/types";

interface StoreBoxesProps {
  stores: readonly Store[];
  /** The ids of those that are shown; null for those that the dashboard names. */
  chosen: string[] | null;
  onChosen: (chosen: string[] | null) => void;
}

const line = "flex items-center gap-2.5 py-1";
const box = "size-4 shrink-0 accent-accent";

/** Of which stores a link shows figures. They are named for good. */
export function StoreBoxes({ stores, chosen, onChosen }: StoreBoxesProps) {
  const id = useId();
  const isNone = chosen?.length === 0;
  const toggle = (storeId: string, on: boolean) => {
    const all = chosen ?? [];
    onChosen(on ? [...all, storeId] : all.filter((other) => other !== storeId));
  };
  return (
    <fieldset className="flex flex-col gap-1" aria-describedby={`${id}-note`}>
      <legend className="mb-1.5 text-sm font-medium">Stores</legend>
      <label className={line}>
        <input
          type="radio"
          name={id}
          className={box}
          checked={chosen === null}
          onChange={() => onChosen(null)}
        />
        As the dashboard says
      </label>
      <label className={line}>
        <input
          type="radio"
          name={id}
          className={box}
          checked={chosen !== null}
          onChange={() => onChosen([])}
        />
        Some of them
      </label>
      {chosen !== null && (
        <div className="flex flex-col gap-1 pl-6.5">
          {stores.map((store) => (
            <label key={store.id} className={line}>
              <input
                type="checkbox"
                className={box}
                checked={chosen.includes(store.id)}
                onChange={(event) => toggle(store.id, event.target.checked)}
              />
              <span className="min-w-0 break-words">{store.name}</span>
            </label>
          ))}
        </div>
      )}
      <p id={`${id}-note`} className={isNone ? "text-sm text-bad" : "text-sm text-muted-foreground"}>
        {isNone ? "Choose one or more." : "Stores that come later are not shown by it."}
      </p>
    </fieldset>
  );
}
