import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useToast } from "@/components/ui/use-toast";
import type { Share } from "@/lib/api/types";
import { useRevokeShare } from "./queries";

interface RevokeDialogProps {
  share: Share;
  onDone: () => void;
}

export function RevokeDialog({ share, onDone }: RevokeDialogProps) {
  const revoke = useRevokeShare(share.id);
  const toast = useToast();
  return (
    <ConfirmDialog
      title={`Take ${share.name} back?`}
      typed={{ what: "name", phrase: share.name }}
      action="Take back"
      busy={revoke.isPending}
      error={revoke.error}
      onClose={onDone}
      onConfirm={() =>
        revoke.mutate(undefined, {
          onSuccess: () => {
            toast.show({ title: `${share.name} shows nothing any more` });
            onDone();
          },
        })
      }
    >
      Whoever has it sees nothing any more, at once. This cannot be undone; another link can be made in its
      place.
    </ConfirmDialog>
  );
}
