import { useId, type ReactNode } from "react";

interface CheckboxFieldProps {
  title: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  onChecked: (checked: boolean) => void;
}

/** Something that is meant or not, with what that means below its name. */
export function CheckboxField({ title, hint, checked, onChecked }: CheckboxFieldProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <input
        id={id}
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-accent"
        aria-describedby={hint ? `${id}-hint` : undefined}
        checked={checked}
        onChange={(event) => onChecked(event.target.checked)}
      />
      <div className="min-w-0">
        <label htmlFor={id} className="font-medium break-words">
          {title}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-sm break-words">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
