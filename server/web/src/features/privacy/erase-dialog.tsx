import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useToast } from "@/components/ui/use-toast";
import type { Customers, Store } from "@/lib/api/types";
import { customersInWords } from "./customers";
import { useEraseCustomers } from "./queries";

interface EraseDialogProps {
  store: Store;
  customers: Customers;
  onAsked: () => void;
  onRefused: (error: Error) => void;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

export function EraseDialog(props: EraseDialogProps) {
  const { store, customers, onAsked, onRefused, onClose, returnTo } = props;
  const erase = useEraseCustomers();
  const toast = useToast();
  const who =
    customers.email != null
      ? `the customer with the address ${customers.email}`
      : customersInWords(customers.customer_ids?.length ?? 0);
  return (
    <ConfirmDialog
      title="Erase for good?"
      typed={{ what: "store’s name", phrase: store.name }}
      action={erase.isPending ? "Asking…" : "Erase"}
      busy={erase.isPending}
      error={erase.error}
      onConfirm={() =>
        erase.mutate(
          { store: store.id, customers },
          {
            onSuccess: () => {
              toast.show({ title: "The erasure is under way" });
              onAsked();
            },
            onError: onRefused,
          },
        )
      }
      onClose={onClose}
      returnTo={returnTo}
    >
      Everything that {store.name} has of {who} goes, orders too, and figures change by it. Nobody can bring
      it back. Erase them in the shop first: what it still knows comes back with the next import.
    </ConfirmDialog>
  );
}
