import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { useReading } from "@/features/connections/use-reading";
import { useImportCenter } from "@/features/imports/import-context";
import { OverviewPage } from "@/features/overview/overview-page";
import { parseOverviewSearch } from "@/features/overview/view";
import { storesQuery } from "@/features/stores/queries";
import { useStore } from "./use-store";

/** The overview of a store, wired to the address. */
export function OverviewRoute() {
  const store = useStore();
  const search = useSearch({ from: "/signed-in/stores/$storeId/" });
  const navigate = useNavigate({ from: "/stores/$storeId/" });
  const center = useImportCenter();
  const queries = useQueryClient();
  const onData = useCallback(
    () => void queries.invalidateQueries({ queryKey: storesQuery.queryKey }),
    [queries],
  );
  const reading = useReading(store?.id ?? "", store?.data_from === undefined && store !== undefined, onData);
  if (!store) return null;
  return (
    <OverviewPage
      key={store.id}
      store={store}
      search={search}
      onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }), resetScroll: false })}
      onImport={center.open}
      onConnections={() =>
        void navigate({
          to: "/connections",
          search: (now) => ({ ...parseOverviewSearch(now), store: store.id }),
        })
      }
      reading={reading}
      onChanged={onData}
    />
  );
}
