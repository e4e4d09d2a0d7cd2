import { ToggleGroup } from "radix-ui";
import { useDimensionValues } from "@/components/view-bar/dimension-values";
import type { Widget } from "@/lib/dashboards/document";
import { isOverTime } from "@/lib/dashboards/new-widget";
import { useEditing } from "../editor-context";
import { groupsOf, type FigureColumn } from "./question";
import { useWidgetChange } from "./use-widget";

const COLOURS = [1, 2, 3, 4, 5, 6, 7, 8];
/** More are not told apart by their colour. */
const MOST_GROUPS = 8;
const AUTOMATIC = "0";

/** Which colour a series has: figures where there are several, groups where they are cut. */
export function ColourFields({ widget, columns }: { widget: Widget; columns: readonly FigureColumn[] }) {
  const { view } = useEditing();
  const change = useWidgetChange(widget);
  const { kind, query } = widget;
  const groups = query ? groupsOf(query) : [];
  // What bars stand along has their names, and they have the colours of what is beside one another in it.
  const isAlong = query !== null && kind !== "pie" && !isOverTime(query);
  const dimension = groups[isAlong ? 1 : 0] ?? null;
  const values = useDimensionValues(dimension, view);
  const series =
    dimension === null
      ? columns.map(({ key, title }) => ({ key, title }))
      : values.slice(0, MOST_GROUPS).map((value) => ({ key: value, title: value }));
  if (series.length === 0) return null;
  const colours = widget.display.colours ?? {};
  const put = (key: string, colour: number) => {
    const next = Object.fromEntries(Object.entries(colours).filter(([other]) => other !== key));
    if (colour > 0) next[key] = colour;
    change.display({ colours: Object.keys(next).length > 0 ? next : undefined });
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="pb-1.5 text-sm font-medium">Colours</legend>
      {series.map(({ key, title }) => (
        <div key={key} className="flex flex-col gap-1">
          <p aria-hidden className="truncate text-sm">
            {title}
          </p>
          <ToggleGroup.Root
            type="single"
            aria-label={`Colour of ${title}`}
            value={String(colours[key] ?? AUTOMATIC)}
            onValueChange={(value) => {
              if (value !== "") put(key, Number(value));
            }}
            className="flex flex-wrap gap-1"
          >
            <ToggleGroup.Item
              value={AUTOMATIC}
              className="h-7 rounded-md border px-2 text-sm text-muted-foreground data-[state=on]:border-accent data-[state=on]:text-accent"
            >
              Auto
            </ToggleGroup.Item>
            {COLOURS.map((colour) => (
              <ToggleGroup.Item
                key={colour}
                value={String(colour)}
                aria-label={`Colour ${colour}`}
                className="flex size-7 items-center justify-center rounded-md border border-transparent data-[state=on]:border-foreground"
              >
                <span
                  aria-hidden
                  className="size-4 rounded-[4px]"
                  style={{ backgroundColor: `var(--series-${colour})` }}
                />
              </ToggleGroup.Item>
            ))}
          </ToggleGroup.Root>
        </div>
      ))}
    </fieldset>
  );
}
