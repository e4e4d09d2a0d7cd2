import { CalendarRange, Ellipsis, Hammer, LogIn, RefreshCw, Unplug } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Store } from "@/lib/api/types";
import type { Asked } from "./connection-dialogs";
import { DisconnectDialog } from "./disconnect-dialog";
import { FullSyncDialog, RangeSyncDialog, RebuildDialog } from "./sync-dialogs";
import type { Rights } from "./rights";
import { isReadable, type Source } from "./states";

interface ConnectionMenuProps {
  source: Source;
  store: Store;
  rights: Rights | null;
  onAsk: (asked: Asked) => void;
  /** Where to go on when the menu is gone. */
  page: () => HTMLElement | null;
}

const ACTIONS = [
  { key: "range", title: "Read some days again…", Icon: CalendarRange },
  { key: "full", title: "Read everything again…", Icon: RefreshCw },
  { key: "rebuild", title: "Make its rows anew…", Icon: Hammer },
  { key: "again", title: "Connect again…", Icon: LogIn },
  { key: "disconnect", title: "Disconnect…", Icon: Unplug },
] as const;

type Action = (typeof ACTIONS)[number]["key"];

/** What can be done with a connection now and then, and the dialog of what was chosen. */
export function ConnectionMenu({ source, store, rights, onAsk, page }: ConnectionMenuProps) {
  const { connection, provider, title } = source;
  const [chosen, setChosen] = useState<Action | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const gone = useRef(false);
  const read = isReadable(connection) && rights?.read === true;
  const connect = rights?.connect === true;
  const allowed: Record<Action, boolean> = {
    range: read,
    full: read,
    rebuild: read,
    again: connect && provider?.available === true,
    disconnect: connect,
  };
  const actions = ACTIONS.filter(({ key }) => allowed[key]);
  if (actions.length === 0) return null;
  const dialog = {
    source,
    store,
    onClose: () => setChosen(null),
    // The menu entry that opened the dialog is gone by then, and when it is disconnected so is the whole card.
    returnTo: () => (gone.current ? page() : trigger.current),
  };
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button ref={trigger} variant="ghost" size="icon-sm" aria-label={`What to do with ${title}`}>
            <Ellipsis aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {actions.map(({ key, title: name, Icon }) => (
            <DropdownMenuItem
              key={key}
              onSelect={() => {
                if (key === "again" && provider) onAsk({ what: "connect", provider });
                else setChosen(key);
              }}
            >
              <Icon aria-hidden className="text-muted-foreground" />
              {name}
            </DropdownMenuItem>
          ))}
        </DropdownMenuContent>
      </DropdownMenu>
      {chosen === "range" && <RangeSyncDialog {...dialog} />}
      {chosen === "full" && <FullSyncDialog {...dialog} />}
      {chosen === "rebuild" && <RebuildDialog {...dialog} />}
      {chosen === "disconnect" && (
        <DisconnectDialog
          {...dialog}
          onDone={() => {
            gone.current = true;
            setChosen(null);
          }}
        />
      )}
    </>
  );
}
