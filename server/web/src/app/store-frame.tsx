import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, type ReactNode } from "react";
import { sessionQuery } from "@/features/auth/session";
import { ImportCenter } from "@/features/imports/import-center";
import { SampleDataBanner } from "@/features/sample-data/sample-data-banner";
import { storesQuery } from "@/features/stores/queries";
import type { Store } from "@/lib/api/types";
import { rememberStore } from "@/lib/last-store";
import { Header } from "./header";
import { SettingUp } from "./setting-up";
import { SkipLink } from "./skip-link";

interface StoreFrameProps {
  store: Store;
  onSwitch: (storeId: string) => void;
  children: ReactNode;
}

/** What all pages about a store share: the bar on top, and a place to drop files on. */
export function StoreFrame({ store, onSwitch, children }: StoreFrameProps) {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const { data: session } = useSuspenseQuery(sessionQuery);
  const content = useRef<HTMLElement>(null);
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
        ref={content}
        id="content"
        tabIndex={-1}
        className="mx-auto flex w-full max-w-7xl flex-col gap-4 px-3 py-5 outline-none sm:px-6 sm:py-6"
      >
        <SettingUp />
        <SampleDataBanner
          key={store.id}
          store={store}
          mayRemove={session.role !== "viewer"}
          returnTo={() => content.current}
        />
        {children}
      </main>
    </ImportCenter>
  );
}
