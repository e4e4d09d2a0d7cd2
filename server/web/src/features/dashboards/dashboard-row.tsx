import { Copy, Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Ago } from "@/components/ui/time";
import type { DashboardSummary } from "@/lib/api/types";
import { formatCount } from "@/lib/format/number";
import { DeleteDialog } from "./delete-dialog";
import type { DashboardLink } from "./links";
import { useDuplicate } from "./use-duplicate";
import { VisibilityMark } from "./visibility-mark";

interface DashboardRowProps {
  dashboard: DashboardSummary;
  /** Whether one may make dashboards in its workspace. */
  mayCopy: boolean;
  onOpen: (id: string, edit?: boolean) => void;
  Link: DashboardLink;
  /** Where to go on once the row is gone. */
  list: () => HTMLElement | null;
}

export function DashboardRow({ dashboard, mayCopy, onOpen, Link, list }: DashboardRowProps) {
  const { id, name, description, visibility, widgets, updated_at, updated_by, may } = dashboard;
  const [deleting, setDeleting] = useState(false);
  const menu = useRef<HTMLButtonElement>(null);
  const duplicate = useDuplicate((copy) => onOpen(copy.id));
  return (
    <li className="flex items-center gap-3 px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1">
        <Link id={id} className="font-medium break-words underline-offset-4 hover:underline">
          {name}
        </Link>
        {description && <p className="truncate text-sm text-muted-foreground">{description}</p>}
        <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm text-muted-foreground">
          <VisibilityMark visibility={visibility} />
          <span>{widgets === 1 ? "1 widget" : `${formatCount(widgets)} widgets`}</span>
          <span>
            changed <Ago instant={updated_at} />
            {updated_by && ` by ${updated_by.name}`}
          </span>
        </p>
      </div>
      {(may.edit || may.delete || mayCopy) && (
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button ref={menu} variant="ghost" size="icon-sm" aria-label={`What to do with ${name}`}>
              <Ellipsis aria-hidden />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            {may.edit && (
              <DropdownMenuItem onSelect={() => onOpen(id, true)}>
                <Pencil aria-hidden className="text-muted-foreground" /> Edit
              </DropdownMenuItem>
            )}
            {mayCopy && (
              <DropdownMenuItem disabled={duplicate.busy} onSelect={() => duplicate.run(dashboard)}>
                <Copy aria-hidden className="text-muted-foreground" /> Duplicate
              </DropdownMenuItem>
            )}
            {may.delete && (
              <>
                {(may.edit || mayCopy) && <DropdownMenuSeparator />}
                <DropdownMenuItem onSelect={() => setDeleting(true)}>
                  <Trash2 aria-hidden className="text-muted-foreground" /> Delete…
                </DropdownMenuItem>
              </>
            )}
          </DropdownMenuContent>
        </DropdownMenu>
      )}
      {deleting && (
        <DeleteDialog
          dashboard={dashboard}
          onClose={() => setDeleting(false)}
          returnTo={(gone) => (gone ? list() : menu.current)}
        />
      )}
    </li>
  );
}
