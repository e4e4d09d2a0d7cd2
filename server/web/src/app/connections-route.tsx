import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Navigate, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { sessionQuery } from "@/features/auth/session";
import { arrivalOf, withoutArrival } from "@/features/connections/arrival";
import { ConnectionsPage } from "@/features/connections/connections-page";
import { storesQuery } from "@/features/stores/queries";
import type { Store } from "@/lib/api/types";
import { lastStore } from "@/lib/last-store";
import { answersAbout } from "@/lib/metrics/query";
import { NoStore } from "./no-store";
import { PageNotFound } from "./page-states";
import { StoreFrame } from "./store-frame";

/** The connections of the store that the address names, or of the one that was looked at last. */
export function ConnectionsRoute() {
  const { store: wanted } = useSearch({ from: "/signed-in/connections" });
  const { data: stores } = useSuspenseQuery(storesQuery);
  if (wanted === undefined) {
    const usual = stores.find(({ id }) => id === lastStore()) ?? stores[0];
    if (!usual) return <NoStore />;
    return <Navigate to="/connections" search={(search) => ({ ...search, store: usual.id })} replace />;
  }
  const store = stores.find(({ id }) => id === wanted);
  return store ? <Connections store={store} /> : <PageNotFound />;
}

function Connections({ store }: { store: Store }) {
  const search = useSearch({ from: "/signed-in/connections" });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const navigate = useNavigate({ from: "/connections" });
  const queries = useQueryClient();
  const arrival = useMemo(() => arrivalOf(search), [search]);
  const onArrivalRead = useCallback(
    () => void navigate({ search: withoutArrival, replace: true, resetScroll: false }),
    [navigate],
  );
  const onSynced = useCallback(
    (storeId: string) => {
      void queries.invalidateQueries(answersAbout(storeId));
      void queries.invalidateQueries({ queryKey: storesQuery.queryKey });
    },
    [queries],
  );
  return (
    <StoreFrame
      store={store}
      onSwitch={(id) =>
        void navigate({ search: (now) => ({ ...withoutArrival(now), store: id, history: undefined }) })
      }
    >
      <ConnectionsPage
        key={store.id}
        session={session}
        store={store}
        arrival={arrival}
        onArrivalRead={onArrivalRead}
        history={search.history}
        onHistory={(history) =>
          void navigate({ search: (now) => ({ ...now, history }), replace: true, resetScroll: false })
        }
        onDepart={(location) => window.location.assign(location)}
        onSynced={onSynced}
      />
    </StoreFrame>
  );
}
