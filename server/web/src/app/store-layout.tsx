import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { ImportCenter } from "@/features/imports/import-center";
import { storesQuery } from "@/features/stores/queries";
import { rememberStore } from "@/lib/last-store";
import { Header } from "./header";
import { PageNotFound } from "./page-states";
import { SkipLink } from "./skip-link";

/** What all pages of a store share: the bar on top, and a place to drop files on. */
export function StoreLayout() {
  const { storeId } = useParams({ from: "/signed-in/stores/$storeId" });
  const { data: stores } = useSuspenseQuery(storesQuery);
  const store = stores.find(({ id }) => id === storeId);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const refreshStores = useCallback(
    () => void queries.invalidateQueries({ queryKey: storesQuery.queryKey }),
    [queries],
  );

  useEffect(() => {
    if (store) rememberStore(store.id);
  }, [store]);

  if (!store) return <PageNotFound />;
  return (
    <ImportCenter store={store} onStoreChanged={refreshStores}>
      <SkipLink />
      <Header
        stores={stores}
        store={store}
        onSwitch={(id) =>
          void navigate({
            to: ".",
            params: { storeId: id },
            search: (search) => ({ ...search, import: undefined }),
          })
        }
      />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-7xl px-3 py-5 outline-none sm:px-6 sm:py-6"
      >
        <Outlet />
      </main>
    </ImportCenter>
  );
}
