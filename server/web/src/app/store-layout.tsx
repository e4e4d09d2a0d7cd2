import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { ImportCenter } from "@/features/imports/import-center";
import { storesQuery } from "@/features/stores/queries";
import { rememberStore } from "@/lib/last-store";
import { Header } from "./header";
import { PageNotFound } from "./page-states";

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
      <a
        href="#content"
        className="sr-only z-60 rounded-md border bg-card px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
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
        // A fresh page: nothing that was loaded remains in memory.
        onSignedOut={() => window.location.assign("/sign-in")}
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
