import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useToast } from "@/components/ui/use-toast";
import type { CustomerRequest } from "@/lib/api/types";
import { useAnswerRequest } from "./queries";

interface AnswerDialogProps {
  request: CustomerRequest;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

export function AnswerDialog({ request, onClose, returnTo }: AnswerDialogProps) {
  const answered = useAnswerRequest();
  const toast = useToast();
  return (
    <ConfirmDialog
      title="Was the customer told?"
      action={answered.isPending ? "Marking…" : "Mark as answered"}
      busy={answered.isPending}
      error={answered.error}
      onConfirm={() =>
        answered.mutate(request.id, {
          onSuccess: () => {
            toast.show({ title: "The request is answered", description: "Who it was is forgotten." });
            onClose();
          },
        })
      }
      onClose={onClose}
      returnTo={returnTo}
    >
      Mark it once they have what is kept of them. Who it was is forgotten here then, and that cannot be
      undone: download their data before.
    </ConfirmDialog>
  );
}
