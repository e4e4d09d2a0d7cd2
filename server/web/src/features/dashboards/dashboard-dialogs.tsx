import { lazy, Suspense, type ReactNode } from "react";
import type { Store } from "@/lib/api/types";
import type { Dashboard, DashboardDocument } from "@/lib/dashboards/document";
import { DeleteDialog } from "./delete-dialog";
import { TemplateDialog } from "./template-dialog";
import type { Looked } from "./use-view";
import { VisibilityDialog } from "./visibility-dialog";

const AnnotationsDialog = lazy(() => import("./annotations/annotations-dialog"));
const HistoryDialog = lazy(() => import("./history/history-dialog"));
const ShareDialog = lazy(() =>
  import("./share/share-dialog").then((share) => ({ default: share.ShareDialog })),
);

export type DashboardDialog =
  "annotations" | "annotate" | "history" | "visibility" | "template" | "share" | "delete";

interface DashboardDialogsProps {
  dashboard: Dashboard;
  stores: readonly Store[];
  looked: Looked;
  dialog: DashboardDialog;
  preview: (document: DashboardDocument) => ReactNode;
  onClose: () => void;
  onList: () => void;
  /** The button that most of them are opened from. */
  menu: () => HTMLElement | null;
}

/** What is open beside a dashboard. */
export default function DashboardDialogs(props: DashboardDialogsProps) {
  const { dashboard, stores, looked, dialog, preview, onClose, onList, menu } = props;
  const { shown, days } = looked;
  switch (dialog) {
    case "annotations":
    case "annotate":
      return days ? (
        <Suspense fallback={null}>
          <AnnotationsDialog
            asked={{ workspaceId: dashboard.workspace_id, stores: shown, days }}
            stores={stores}
            mayEdit={dashboard.may.edit}
            adding={dialog === "annotate"}
            onClose={onClose}
            returnTo={dialog === "annotate" ? undefined : menu}
          />
        </Suspense>
      ) : null;
    case "history":
      return (
        <Suspense fallback={null}>
          <HistoryDialog dashboard={dashboard} preview={preview} onClose={onClose} returnTo={menu} />
        </Suspense>
      );
    case "visibility":
      return <VisibilityDialog dashboard={dashboard} onClose={onClose} returnTo={menu} />;
    case "template":
      return <TemplateDialog dashboard={dashboard} onClose={onClose} returnTo={menu} />;
    case "delete":
      return (
        <DeleteDialog
          dashboard={dashboard}
          onDeleted={onList}
          onClose={onClose}
          returnTo={(gone) => (gone ? null : menu())}
        />
      );
    case "share":
      return (
        <Suspense fallback={null}>
          <ShareDialog dashboard={dashboard} stores={stores} onClose={onClose} returnTo={menu} />
        </Suspense>
      );
  }
}
