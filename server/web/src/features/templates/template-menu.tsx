import { EllipsisVertical, Pencil, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Template } from "@/lib/dashboards/document";
import { DeleteTemplateDialog, RenameTemplateDialog } from "./template-dialogs";

interface TemplateMenuProps {
  template: Template & { id: string };
  /** Where to go on, once the template is gone. */
  gallery: () => HTMLElement | null;
}

/** What one may do with a template of the organisation. */
export function TemplateMenu({ template, gallery }: TemplateMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [asked, setAsked] = useState<"rename" | "delete" | null>(null);
  const close = () => setAsked(null);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            ref={button}
            variant="ghost"
            size="icon-sm"
            className="-m-1.5"
            aria-label={`More about ${template.name}`}
          >
            <EllipsisVertical />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DropdownMenuItem onSelect={() => setAsked("rename")}>
            <Pencil aria-hidden className="text-muted-foreground" /> Rename…
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => setAsked("delete")}>
            <Trash2 aria-hidden className="text-muted-foreground" /> Delete…
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {asked === "rename" && (
        <RenameTemplateDialog template={template} onClose={close} returnTo={() => button.current} />
      )}
      {asked === "delete" && (
        <DeleteTemplateDialog
          template={template}
          onClose={close}
          returnTo={() => button.current ?? gallery()}
        />
      )}
    </>
  );
}
