import { Cable } from "lucide-react";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/states";
import type { Provider, Store } from "@/lib/api/types";
import { ConnectionCard } from "./connection-card";
import type { Asked } from "./connection-dialogs";
import { ProviderCard } from "./provider-card";
import type { Rights } from "./rights";
import type { Source } from "./states";

interface ConnectionListProps {
  sources: Source[];
  /** The providers that are not connected. */
  others: Provider[];
  store: Store;
  rights: Rights | null;
  /** The connection that there is news of. */
  highlighted: string | undefined;
  history: string | undefined;
  onHistory: (connectionId: string | undefined) => void;
  onAsk: (asked: Asked) => void;
  /** Where to go on when a card is gone. */
  page: () => HTMLElement | null;
}

export function ConnectionList(props: ConnectionListProps) {
  const { sources, others, store, rights, highlighted, history, onHistory, onAsk, page } = props;
  if (sources.length === 0 && others.length === 0) {
    return (
      <Card aria-label="Connections">
        <EmptyState
          icon={<Cable aria-hidden strokeWidth={1.5} />}
          title="There is nothing to connect yet"
          className="py-16"
        >
          This server knows no sources. Orders can be imported from files meanwhile.
        </EmptyState>
      </Card>
    );
  }
  return (
    <>
      {sources.map((source) => (
        <ConnectionCard
          key={source.connection.id}
          source={source}
          store={store}
          rights={rights}
          highlighted={source.connection.id === highlighted}
          historyOpen={source.connection.id === history}
          onHistory={onHistory}
          onAsk={onAsk}
          page={page}
        />
      ))}
      {others.length > 0 && (
        <div className="grid gap-4 md:grid-cols-2">
          {others.map((provider) => (
            <ProviderCard
              key={provider.id}
              provider={provider}
              mayConnect={rights?.connect ?? false}
              onConnect={() => onAsk({ what: "connect", provider })}
            />
          ))}
        </div>
      )}
    </>
  );
}
