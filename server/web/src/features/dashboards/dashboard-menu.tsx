import {
  Copy,
  Ellipsis,
  Eye,
  History,
  LayoutTemplate,
  MessageSquareText,
  Printer,
  Trash2,
} from "lucide-react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Dashboard } from "@/lib/dashboards/document";
import type { DashboardSearch } from "@/lib/dashboards/view";
import type { DashboardDialog } from "./dashboard-dialogs";
import { useDuplicate } from "./use-duplicate";

interface DashboardMenuProps {
  dashboard: Dashboard;
  onDialog: (dialog: DashboardDialog) => void;
  onSearch: (change: DashboardSearch) => void;
  onOpen: (id: string, edit?: boolean) => void;
}

const grey = "text-muted-foreground";

/** What is done with a dashboard as a whole, and not every day. */
export function DashboardMenu({ dashboard, onDialog, onSearch, onOpen }: DashboardMenuProps) {
  const { may } = dashboard;
  const duplicate = useDuplicate((copy) => onOpen(copy.id));
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button data-menu size="icon" aria-label={`What to do with ${dashboard.name}`}>
          <Ellipsis aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem onSelect={() => onSearch({ show: "annotations" })}>
          <MessageSquareText aria-hidden className={grey} /> What happened…
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => onSearch({ show: "history" })}>
          <History aria-hidden className={grey} /> History…
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => window.print()}>
          <Printer aria-hidden className={grey} /> Print…
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        {may.edit && (
          <DropdownMenuItem onSelect={() => onDialog("visibility")}>
            <Eye aria-hidden className={grey} /> Who sees it…
          </DropdownMenuItem>
        )}
        <DropdownMenuItem disabled={duplicate.busy} onSelect={() => duplicate.run(dashboard)}>
          <Copy aria-hidden className={grey} /> Duplicate
        </DropdownMenuItem>
        {may.share && (
          <DropdownMenuItem onSelect={() => onDialog("template")}>
            <LayoutTemplate aria-hidden className={grey} /> Keep as a template…
          </DropdownMenuItem>
        )}
        {may.delete && (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem onSelect={() => onDialog("delete")}>
              <Trash2 aria-hidden className={grey} /> Delete…
            </DropdownMenuItem>
          </>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
