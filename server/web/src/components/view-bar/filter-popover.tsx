import type { ComponentProps } from "react";
import { PopoverContent } from "@/components/ui/popover";
import { FilterEditor } from "./filter-editor";

/** A condition to be made or changed; loaded once somebody asks for it. */
export default function FilterPopover({
  title,
  ...editor
}: ComponentProps<typeof FilterEditor> & { title: string }) {
  return (
    <PopoverContent align="start" className="w-72" aria-label={title}>
      <FilterEditor {...editor} />
    </PopoverContent>
  );
}
