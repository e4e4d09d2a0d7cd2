import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";

/** The menu of a widget that has no figures: only what is put into it from outside. */
export function ExtraMenu({ title, menu }: { title: string; menu: ReactNode }) {
  if (!menu) return null;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`More of ${title}`}
          className="bg-card opacity-0 transition-opacity group-focus-within/widget:opacity-100 group-hover/widget:opacity-100 aria-expanded:opacity-100 print:hidden pointer-coarse:opacity-100"
        >
          <Ellipsis aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">{menu}</DropdownMenuContent>
    </DropdownMenu>
  );
}
