import { Pencil, Share2 } from "lucide-react";
import type { Ref } from "react";
import { Button } from "@/components/ui/button";
import type { Dashboard } from "@/lib/dashboards/document";
import type { DashboardSearch } from "@/lib/dashboards/view";
import type { DashboardDialog } from "./dashboard-dialogs";
import { DashboardMenu } from "./dashboard-menu";
import { VisibilityMark } from "./visibility-mark";

interface DashboardHeaderProps {
  ref: Ref<HTMLDivElement>;
  dashboard: Dashboard;
  /** Missing where one may not change it, or there is nothing to change it with. */
  onEdit: (() => void) | undefined;
  onDialog: (dialog: DashboardDialog) => void;
  onSearch: (change: DashboardSearch) => void;
  onOpen: (id: string, edit?: boolean) => void;
}

/** What a dashboard is called, who sees it, and what can be done with it as a whole. */
export function DashboardHeader(props: DashboardHeaderProps) {
  const { ref, dashboard, onEdit, onDialog, onSearch, onOpen } = props;
  const { name, description, visibility, may } = dashboard;
  return (
    <div ref={ref} className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-72">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">{name}</h1>
          <VisibilityMark visibility={visibility} className="print:hidden" />
        </div>
        {description && <p className="max-w-prose text-muted-foreground">{description}</p>}
      </div>
      <div className="flex gap-2 print:hidden">
        {may.share && (
          <Button onClick={() => onDialog("share")}>
            <Share2 aria-hidden /> Share
          </Button>
        )}
        {onEdit && (
          <Button data-edit onClick={onEdit}>
            <Pencil aria-hidden /> Edit
          </Button>
        )}
        <DashboardMenu dashboard={dashboard} onDialog={onDialog} onSearch={onSearch} onOpen={onOpen} />
      </div>
    </div>
  );
}
