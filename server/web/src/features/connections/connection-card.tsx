import { RotateCw } from "lucide-react";
import { useEffect, useId, useRef } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/states";
import type { IntegrationAccount, Store } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import type { Asked } from "./connection-dialogs";
import { ConnectionFacts } from "./connection-facts";
import { ConnectionMenu } from "./connection-menu";
import { ConnectionProblem, Warnings } from "./connection-problem";
import { DeliveryNotice } from "./delivery-notice";
import { useRequestSync } from "./queries";
import type { Rights } from "./rights";
import { isReadable, remedyOf, stateOf, type ConnectionState, type Source } from "./states";
import { SyncHistory } from "./sync-history";
import { SyncProgress } from "./sync-progress";
import { isUnderWay } from "./syncs";
import { TestConnection } from "./test-connection";

interface ConnectionCardProps {
  source: Source;
  store: Store;
  rights: Rights | null;
  /** There is news of it. */
  highlighted: boolean;
  historyOpen: boolean;
  onHistory: (connectionId: string | undefined) => void;
  onAsk: (asked: Asked) => void;
  /** Where to go on when the card is gone. */
  page: () => HTMLElement | null;
}

const TONES: Record<ConnectionState["tone"], string | undefined> = {
  accent: undefined,
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

/** A provider that is connected: how it is, what is read of it, and what can be done about it. */
export function ConnectionCard(props: ConnectionCardProps) {
  const { source, store, rights, highlighted, historyOpen, onHistory, onAsk, page } = props;
  const { connection, provider, title } = source;
  const id = useId();
  const card = useRef<HTMLElement>(null);
  const request = useRequestSync(connection);
  const state = stateOf(connection);
  const sync = connection.latest_sync;
  const readable = isReadable(connection);
  const mayRead = readable && rights?.read === true;
  const busy = request.isPending || (sync ? isUnderWay(sync) : false);
  const readNow = () => {
    if (!busy) request.mutate({ kind: "incremental" });
  };

  useEffect(() => {
    if (highlighted) card.current?.scrollIntoView({ block: "nearest" });
  }, [highlighted]);

  return (
    <Card
      ref={card}
      tabIndex={-1}
      aria-labelledby={id}
      className={cn("outline-none", highlighted && "border-accent")}
    >
      <CardHeader className="items-start">
        <div className="min-w-0 flex-1 basis-60">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <CardTitle id={id}>{title}</CardTitle>
            <Badge className={TONES[state.tone]}>{state.title}</Badge>
          </div>
          {connection.account && <AccountName account={connection.account} />}
        </div>
        <div className="flex gap-2">
          {mayRead && remedyOf(connection) !== "read" && (
            // Not `disabled`, which would take the focus away from it.
            <Button size="sm" aria-disabled={busy} aria-label={`Read now: ${title}`} onClick={readNow}>
              <RotateCw aria-hidden /> Read now
            </Button>
          )}
          <ConnectionMenu source={source} store={store} rights={rights} onAsk={onAsk} page={page} />
        </div>
      </CardHeader>
      <CardContent className="flex flex-col gap-4">
        {request.error && <ErrorState title={`${title} could not be read`} error={request.error} />}
        <ConnectionProblem
          source={source}
          rights={rights}
          busy={busy}
          onConnect={() => {
            if (provider) onAsk({ what: "connect", provider });
          }}
          onChoose={() => onAsk({ what: "choose", id: connection.id })}
          onRead={readNow}
        />
        <DeliveryNotice source={source} rights={rights} card={() => card.current} />
        {readable && sync && isUnderWay(sync) && (
          <SyncProgress source={source} sync={sync} timezone={store.timezone} mayCallOff={mayRead} />
        )}
        <Warnings warnings={connection.warnings} />
        {connection.account && <ConnectionFacts connection={connection} timezone={store.timezone} />}
        {rights?.connect && connection.account && <TestConnection source={source} />}
        {connection.account && (
          <SyncHistory
            source={source}
            timezone={store.timezone}
            open={historyOpen}
            onToggle={() => onHistory(historyOpen ? undefined : connection.id)}
          />
        )}
      </CardContent>
    </Card>
  );
}

function AccountName({ account: { id, name } }: { account: IntegrationAccount }) {
  return (
    <p className="text-sm wrap-anywhere text-muted-foreground">
      {name !== "" && name !== id && <span className="text-foreground">{name} · </span>}
      {id}
    </p>
  );
}
