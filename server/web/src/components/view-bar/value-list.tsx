interface ValueListProps {
  values: readonly string[];
  chosen: readonly string[];
  onChosen: (values: string[]) => void;
}

/** The values that a dimension has, of which any number is chosen; what was chosen and is not among them stands first. */
export function ValueList({ values, chosen, onChosen }: ValueListProps) {
  const all = [...chosen.filter((value) => !values.includes(value)), ...values];
  if (all.length === 0) return null;
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="pb-1.5 text-sm font-medium">Values</legend>
      <ul className="flex max-h-44 flex-col overflow-y-auto rounded-md border py-1">
        {all.map((value) => (
          <li key={value}>
            <label className="flex min-h-8 items-center gap-2.5 px-2.5 hover:bg-muted">
              <input
                type="checkbox"
                className="size-4 shrink-0 accent-accent"
                checked={chosen.includes(value)}
                onChange={(event) =>
                  onChosen(
                    event.target.checked ? [...chosen, value] : chosen.filter((other) => other !== value),
                  )
                }
              />
              <span className="min-w-0 truncate">{value}</span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
