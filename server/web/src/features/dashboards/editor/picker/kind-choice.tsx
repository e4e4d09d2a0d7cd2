import { ToggleGroup } from "radix-ui";
import type { WidgetKind } from "@/lib/dashboards/document";
import { KIND_TITLES } from "@/lib/dashboards/titles";
import { KIND_ICONS } from "../kind-icons";

interface KindChoiceProps {
  kinds: readonly WidgetKind[];
  value: WidgetKind;
  onValue: (kind: WidgetKind) => void;
}

/** The ways in which a metric can be shown. */
export function KindChoice({ kinds, value, onValue }: KindChoiceProps) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label="Shown as"
      value={value}
      onValueChange={(next) => {
        const kind = kinds.find((one) => one === next);
        if (kind) onValue(kind);
      }}
      className="flex flex-wrap gap-1.5"
    >
      {kinds.map((kind) => {
        const Icon = KIND_ICONS[kind];
        return (
          <ToggleGroup.Item
            key={kind}
            value={kind}
            className="inline-flex h-8 items-center gap-1.5 rounded-md border px-2.5 text-sm text-muted-foreground transition-colors duration-100 hover:text-foreground data-[state=on]:border-accent data-[state=on]:bg-accent-soft data-[state=on]:text-accent [&_svg]:size-4"
          >
            <Icon aria-hidden />
            {KIND_TITLES[kind]}
          </ToggleGroup.Item>
        );
      })}
    </ToggleGroup.Root>
  );
}
