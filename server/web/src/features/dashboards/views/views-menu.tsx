import { useQuery } from "@tanstack/react-query";
import { Bookmark, ChevronDown, Pencil, RotateCcw, Save, Trash2 } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { SavedView } from "@/lib/api/types";
import { isSameView, parseViewSearch, readSearch, type DashboardSearch } from "@/lib/dashboards/view";
import { viewsQuery } from "../queries";
import { useViewActions, type ShownView } from "./use-view-actions";

const ViewDialog = lazy(() => import("./view-dialog"));

interface ViewsMenuProps {
  dashboardId: string;
  /** Whether one may change the views that everybody sees. */
  mayEdit: boolean;
  search: DashboardSearch;
  /** Shows a view; null for what the dashboard shows by itself. */
  onShow: (view: ShownView | null) => void;
}

/** The ways to look at a dashboard that have names. */
export function ViewsMenu({ dashboardId, mayEdit, search, onShow }: ViewsMenuProps) {
  const { data: views = [] } = useQuery(viewsQuery(dashboardId));
  const [dialog, setDialog] = useState<"new" | SavedView | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const now = parseViewSearch({ ...search });
  const chosen = views.find(({ id }) => id === search.view);
  const changed = chosen !== undefined && !isSameView(readSearch(chosen.search), now);
  const isUsual = chosen === undefined && isSameView(now, {});
  const mayChange = chosen !== undefined && (chosen.is_own || (chosen.is_shared && mayEdit));
  const actions = useViewActions(dashboardId, onShow);
  const show = (view: SavedView) => onShow({ id: view.id, search: readSearch(view.search) });
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            ref={trigger}
            className="max-w-56 min-w-0 font-normal"
            aria-label={`Saved views: ${chosen ? `${chosen.name}${changed ? ", changed" : ""}` : "none chosen"}`}
          >
            <Bookmark aria-hidden className="text-muted-foreground" />
            <span className="truncate">{chosen?.name ?? "Views"}</span>
            {changed && <span className="text-muted-foreground">changed</span>}
            <ChevronDown aria-hidden className="text-muted-foreground" />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end" className="w-64">
          <ViewGroup
            title="Yours"
            views={views.filter(({ is_own, is_shared }) => is_own && !is_shared)}
            chosen={chosen}
            onChoose={show}
          />
          <ViewGroup
            title="Everybody’s"
            views={views.filter(({ is_shared }) => is_shared)}
            chosen={chosen}
            onChoose={show}
          />
          {views.length > 0 && <DropdownMenuSeparator />}
          {chosen && changed && mayChange && (
            <DropdownMenuItem onSelect={() => actions.update(chosen, now)}>
              <Save aria-hidden className="text-muted-foreground" /> Save the changes
            </DropdownMenuItem>
          )}
          <DropdownMenuItem onSelect={() => setDialog("new")}>
            <Bookmark aria-hidden className="text-muted-foreground" /> Save as a view…
          </DropdownMenuItem>
          {chosen && mayChange && (
            <>
              <DropdownMenuItem onSelect={() => setDialog(chosen)}>
                <Pencil aria-hidden className="text-muted-foreground" /> Rename or share…
              </DropdownMenuItem>
              <DropdownMenuItem onSelect={() => actions.remove(chosen)}>
                <Trash2 aria-hidden className="text-muted-foreground" /> Delete “{chosen.name}”
              </DropdownMenuItem>
            </>
          )}
          <DropdownMenuItem disabled={isUsual} onSelect={() => onShow(null)}>
            <RotateCcw aria-hidden className="text-muted-foreground" /> As the dashboard is
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {dialog && (
        <Suspense fallback={null}>
          <ViewDialog
            dashboardId={dashboardId}
            view={dialog === "new" ? null : dialog}
            search={dialog === "new" ? now : readSearch(dialog.search)}
            mayShare={mayEdit}
            onSaved={(view) => {
              setDialog(null);
              if (dialog === "new") show(view);
            }}
            onClose={() => setDialog(null)}
            returnTo={() => trigger.current}
          />
        </Suspense>
      )}
    </>
  );
}

interface ViewGroupProps {
  title: string;
  views: readonly SavedView[];
  chosen: SavedView | undefined;
  onChoose: (view: SavedView) => void;
}

function ViewGroup({ title, views, chosen, onChoose }: ViewGroupProps) {
  if (views.length === 0) return null;
  return (
    <DropdownMenuRadioGroup
      value={chosen?.id ?? ""}
      onValueChange={(id) => {
        const view = views.find((one) => one.id === id);
        if (view) onChoose(view);
      }}
    >
      <DropdownMenuLabel>{title}</DropdownMenuLabel>
      {views.map((view) => (
        <DropdownMenuRadioItem key={view.id} value={view.id}>
          <span className="min-w-0 truncate">{view.name}</span>
        </DropdownMenuRadioItem>
      ))}
    </DropdownMenuRadioGroup>
  );
}
