import { ChevronDown, Store as StoreIcon } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/ui/button";
import { Popover, PopoverTrigger } from "@/components/ui/popover";
import type { Store } from "@/lib/api/types";
import type { DashboardView } from "@/lib/dashboards/document";

const StorePopover = lazy(() => import("./store-popover"));

interface StorePickerProps {
  stores: readonly Store[];
  view: Pick<DashboardView, "stores" | "currency">;
  namedCurrency: string | null;
  onView: (change: Partial<DashboardView>) => void;
}

/** Which stores are asked about, in one word or few. */
export function storesWords(chosen: readonly string[], stores: readonly Store[]): string {
  const [only] = chosen;
  if (chosen.length === 1) return stores.find(({ id }) => id === only)?.name ?? "1 store";
  return chosen.length === stores.length ? `All ${stores.length} stores` : `${chosen.length} stores`;
}

/** Whose figures are looked at, and in which currency amounts are told. */
export function StorePicker({ stores, view, namedCurrency, onView }: StorePickerProps) {
  const [open, setOpen] = useState(false);
  const words = storesWords(view.stores, stores);
  const told = view.currency ? `, amounts in ${view.currency}` : "";
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button className="max-w-full min-w-0 font-normal" aria-label={`Stores: ${words}${told}`}>
          <StoreIcon aria-hidden className="text-muted-foreground" />
          <span className="truncate font-medium">{words}</span>
          {view.currency && <span className="text-muted-foreground">in {view.currency}</span>}
          <ChevronDown aria-hidden className="text-muted-foreground" />
        </Button>
      </PopoverTrigger>
      {open && (
        <Suspense fallback={null}>
          <StorePopover
            stores={stores}
            shown={view.stores}
            namedCurrency={namedCurrency}
            onApply={(change) => {
              onView(change);
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </Popover>
  );
}
