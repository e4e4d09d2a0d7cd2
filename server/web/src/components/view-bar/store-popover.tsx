import type { ComponentProps } from "react";
import { PopoverContent } from "@/components/ui/popover";
import { StoreChoice } from "./store-choice";

/** Stores to be chosen from; loaded once somebody asks for it. */
export default function StorePopover(choice: ComponentProps<typeof StoreChoice>) {
  return (
    <PopoverContent align="start" className="w-[min(22rem,calc(100vw-1.5rem))]" aria-label="Stores">
      <StoreChoice {...choice} />
    </PopoverContent>
  );
}
