import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useCallback, useEffect, type ReactNode } from "react";
import { ImportCenter } from "@/features/imports/import-center";
import { storesQuery } from "@/features/stores/queries";
import type { Store } from "@/lib/api/types";
import { rememberStore } from "@/lib/last-store";
import { Header } from "./header";
import { SkipLink } from "./skip-link";

interface StoreFrameProps {
  store: Store;
  onSwitch: (storeId: string) => void;
  children: ReactNode;
}

/** What all pages about a store share: the bar on top, and a place to drop files on. */
export function StoreFrame({ store, onSwitch, children }: StoreFrameProps) {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const queries = useQueryClient();
  const refreshStores = useCallback(
    () => void queries.invalidateQueries({ queryKey: storesQuery.queryKey }),
    [queries],
  );

  useEffect(() => rememberStore(store.id), [store.id]);

  return (
    <ImportCenter store={store} onStoreChanged={refreshStores}>
      <SkipLink />
      <Header stores={stores} store={store} onSwitch={onSwitch} />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-7xl px-3 py-5 outline-none sm:px-6 sm:py-6"
      >
        {children}
      </main>
    </ImportCenter>
  );
}
