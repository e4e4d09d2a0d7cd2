import { useToast } from "@/components/ui/use-toast";
import { messageOf } from "@/lib/api/error";
import type { SavedView } from "@/lib/api/types";
import { readSearch, writeSearch, type ViewSearch } from "@/lib/dashboards/view";
import { useDeleteView, useSaveView } from "../queries";

/** What is to be shown: of a saved view, or, where that is gone, without one. */
export interface ShownView {
  id: string | null;
  search: ViewSearch;
}

/** What is done with a saved view at once, and can be taken back at once. */
export function useViewActions(dashboardId: string, onShow: (view: ShownView | null) => void) {
  const save = useSaveView(dashboardId);
  const remove = useDeleteView(dashboardId);
  const toast = useToast();
  const failed = (title: string) => (error: Error) =>
    toast.show({ tone: "bad", title, description: messageOf(error) });

  const putBack = ({ name, search, is_shared }: SavedView) =>
    save.mutate(
      { id: null, body: { name, search, is_shared } },
      {
        onSuccess: (view) => onShow({ id: view.id, search: readSearch(view.search) }),
        onError: failed(`“${name}” could not be put back`),
      },
    );

  return {
    /** Has a view show what is looked at now. */
    update: (view: SavedView, now: ViewSearch) => {
      const { id, name, search, is_shared } = view;
      const undo = () =>
        save.mutate(
          { id, body: { name, search, is_shared } },
          { onError: failed(`“${name}” could not be put back`) },
        );
      save.mutate(
        { id, body: { name, search: writeSearch(now), is_shared } },
        {
          onSuccess: () => toast.show({ title: `“${name}” is saved`, action: { title: "Undo", run: undo } }),
          onError: failed(`“${name}” could not be saved`),
        },
      );
    },
    remove: (view: SavedView) =>
      remove.mutate(view.id, {
        onSuccess: () => {
          onShow({ id: null, search: readSearch(view.search) });
          toast.show({
            title: `“${view.name}” is deleted`,
            action: { title: "Undo", run: () => putBack(view) },
          });
        },
        onError: failed(`“${view.name}” could not be deleted`),
      }),
  };
}
