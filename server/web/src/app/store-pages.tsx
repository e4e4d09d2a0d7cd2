import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { useReading } from "@/features/connections/use-reading";
import { useImportCenter } from "@/features/imports/import-context";
import { ImportsPage } from "@/features/imports/imports-page";
import { OverviewPage } from "@/features/overview/overview-page";
import { parseOverviewSearch } from "@/features/overview/view";
import { storesQuery } from "@/features/stores/queries";
import type { Store } from "@/lib/api/types";

/** The pages of a store, wired to the address. The layout above them has seen to it that the store exists. */

function useStore(): Store | undefined {
  const { storeId } = useParams({ from: "/signed-in/stores/$storeId" });
  const { data: stores } = useSuspenseQuery(storesQuery);
  return stores.find(({ id }) => id === storeId);
}

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
