import type { Visibility } from "@/lib/api/types";
import { useId } from "react";
import { VISIBILITIES, VISIBILITY_HINTS, VISIBILITY_TITLES } from "./rights";

interface VisibilityFieldProps {
  value: Visibility;
  onValue: (value: Visibility) => void;
  /** Those that cannot be chosen, with the reason. */
  forbidden?: Partial<Record<Visibility, string>>;
}

/** Who sees a dashboard: one of three, each with what it means. */
export function VisibilityField({ value, onValue, forbidden = {} }: VisibilityFieldProps) {
  const id = useId();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="pb-2 text-sm font-medium">Who sees it</legend>
      {VISIBILITIES.map((option) => (
        <div key={option} className="flex items-start gap-2.5">
          <input
            id={`${id}-${option}`}
            type="radio"
            name={id}
            className="mt-0.5 size-4 shrink-0 accent-accent"
            checked={value === option}
            disabled={forbidden[option] !== undefined}
            aria-describedby={`${id}-${option}-hint`}
            onChange={() => onValue(option)}
          />
          <div className="min-w-0">
            <label htmlFor={`${id}-${option}`} className="font-medium">
              {VISIBILITY_TITLES[option]}
            </label>
            <p id={`${id}-${option}-hint`} className="text-sm text-muted-foreground">
              {forbidden[option] ?? VISIBILITY_HINTS[option]}
            </p>
          </div>
        </div>
      ))}
    </fieldset>
  );
}
