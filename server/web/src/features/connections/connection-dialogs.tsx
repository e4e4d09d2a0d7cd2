import { useRef } from "react";
import type { Integration, Provider, Store } from "@/lib/api/types";
import { AccountDialog } from "./account-dialog";
import { ConnectDialog } from "./connect-dialog";
import type { Source } from "./states";

/** What somebody wants to do: connect a provider, once more perhaps, or choose the account of a connection. */
export type Asked = { what: "connect"; provider: Provider } | { what: "choose"; id: string };

interface ConnectionDialogsProps {
  asked: Asked;
  sources: Source[];
  store: Store;
  onConnected: (connection: Integration) => void;
  onDepart: (location: string) => void;
  onClose: () => void;
  /** Where to go on when what was pressed is gone. */
  page: () => HTMLElement | null;
}

export function ConnectionDialogs(props: ConnectionDialogsProps) {
  const { asked, sources, store, onConnected, onDepart, onClose, page } = props;
  const done = useRef(false);
  const shared = {
    store,
    onConnected: (connection: Integration) => {
      done.current = true;
      onConnected(connection);
    },
    onClose,
    returnTo: () => (done.current ? page() : null),
  };
  if (asked.what === "connect") {
    const connected = sources.some(({ connection }) => connection.provider === asked.provider.id);
    return (
      <ConnectDialog
        key={asked.provider.id}
        provider={asked.provider}
        again={connected}
        onDepart={onDepart}
        {...shared}
      />
    );
  }
  const source = sources.find(({ connection }) => connection.id === asked.id);
  return source ? <AccountDialog key={asked.id} source={source} {...shared} /> : null;
}
