import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useToast } from "@/components/ui/use-toast";
import type { Store } from "@/lib/api/types";
import { useDisconnect } from "./queries";
import type { Source } from "./states";

interface DisconnectDialogProps {
  source: Source;
  store: Store;
  onDone: () => void;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

export function DisconnectDialog({ source, store, onDone, onClose, returnTo }: DisconnectDialogProps) {
  const { connection, title } = source;
  const disconnect = useDisconnect(connection);
  const toast = useToast();
  return (
    <ConfirmDialog
      title={`Disconnect ${title}?`}
      typed={{ what: "name", phrase: title }}
      action={disconnect.isPending ? "Disconnecting…" : "Disconnect"}
      busy={disconnect.isPending}
      error={disconnect.error}
      onConfirm={() =>
        disconnect.mutate(undefined, {
          onSuccess: () => {
            toast.show({ title: `${title} is disconnected`, description: "What was read of it stays." });
            onDone();
          },
        })
      }
      onClose={onClose}
      returnTo={returnTo}
    >
      What was read of it stays in {store.name}, and figures are as they were. Nothing new comes in, and the
      access to it is forgotten: to go on, somebody signs in there anew.
    </ConfirmDialog>
  );
}
