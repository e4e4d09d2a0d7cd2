import { useNavigate, useSearch } from "@tanstack/react-router";
import { ImportsPage } from "@/features/imports/imports-page";
import { useStore } from "./use-store";

/** The imports of a store, wired to the address. */
export function ImportsRoute() {
  const store = useStore();
  const search = useSearch({ from: "/signed-in/stores/$storeId/imports" });
  const navigate = useNavigate({ from: "/stores/$storeId/imports" });
  if (!store) return null;
  return (
    <ImportsPage
      key={store.id}
      store={store}
      selected={search.import}
      onSelect={(importId) =>
        void navigate({ search: (now) => ({ ...now, import: importId }), replace: true, resetScroll: false })
      }
    />
  );
}
