import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { PageHeader } from "@/components/ui/page-header";
import { providersQuery } from "@/lib/api/providers";
import type { Session, Store } from "@/lib/api/types";
import { usePageTitle } from "@/lib/page-title";
import type { Arrival } from "./arrival";
import { ArrivalNotice } from "./arrival-notice";
import { ConnectionDialogs, type Asked } from "./connection-dialogs";
import { ConnectionList } from "./connection-list";
import { ListStates } from "./list-states";
import { connectionsQuery } from "./queries";
import { useRights, type Rights } from "./rights";
import { sortOut } from "./states";
import { useLiveSyncs } from "./use-live-syncs";
import { useSyncNews } from "./use-sync-news";

interface ConnectionsPageProps {
  session: Session;
  store: Store;
  /** What came of a sign-in at a provider. */
  arrival: Arrival | null;
  /** It is shown, and need not be in the address any more. */
  onArrivalRead: () => void;
  /** The connection whose history is open. */
  history: string | undefined;
  onHistory: (connectionId: string | undefined) => void;
  /** The browser is to go to a provider's page. */
  onDepart: (location: string) => void;
  /** More of a store is there than before. */
  onSynced: (storeId: string) => void;
}

export function ConnectionsPage(props: ConnectionsPageProps) {
  const { session, store, arrival, onArrivalRead, history, onHistory, onDepart, onSynced } = props;
  usePageTitle("Connections", store.name);
  const rights = useRights(session, store);
  const providers = useQuery(providersQuery);
  const live = useLiveSyncs(store.id);
  const connections = useQuery(connectionsQuery(store.id, live));
  const [news, setNews] = useState(arrival);
  const [asked, setAsked] = useState<Asked | null>(() => askedBy(arrival));
  const page = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (arrival) onArrivalRead();
  }, [arrival, onArrivalRead]);

  const sorted = useMemo(
    () => sortOut(providers.data ?? [], connections.data ?? []),
    [providers.data, connections.data],
  );
  useSyncNews(sorted.sources, onSynced);

  const tell = (arrived: Arrival) => {
    setNews(arrived);
    setAsked(askedBy(arrived));
  };
  return (
    <div ref={page} tabIndex={-1} className="flex flex-col gap-4 outline-none">
      <PageHeader title="Connections">Where the data of {store.name} come from.</PageHeader>
      <ReadOnly rights={rights} workspace={store.workspace.name} />
      {news && providers.data && (
        <ArrivalNotice
          arrival={news}
          providers={providers.data}
          sources={sorted.sources}
          onDismiss={() => {
            setNews(null);
            page.current?.focus();
          }}
        />
      )}
      <ListStates providers={providers} connections={connections}>
        <ConnectionList
          {...sorted}
          store={store}
          rights={rights}
          highlighted={news?.kind === "connected" ? news.id : undefined}
          history={history}
          onHistory={onHistory}
          onAsk={setAsked}
          page={() => page.current}
        />
      </ListStates>
      {asked && connections.data && (
        <ConnectionDialogs
          asked={asked}
          sources={sorted.sources}
          store={store}
          onConnected={(connection) =>
            tell({ kind: connection.status === "choosing" ? "choose" : "connected", id: connection.id })
          }
          onDepart={onDepart}
          onClose={() => setAsked(null)}
          page={() => page.current}
        />
      )}
    </div>
  );
}

function askedBy(arrival: Arrival | null): Asked | null {
  return arrival?.kind === "choose" ? { what: "choose", id: arrival.id } : null;
}

/** Why there is less to press than others have; said once it is known what one may do. */
function ReadOnly({ rights, workspace }: { rights: Rights | null; workspace: string }) {
  if (!rights || rights.connect) return null;
  return (
    <p className="text-sm text-muted-foreground">
      {rights.read
        ? "You can have sources read. Admins and owners connect them; ask one of them if something is missing."
        : `You can look here. Admins and owners connect sources, and editors of ${workspace} have them read.`}
    </p>
  );
}
