import { useToast } from "@/components/ui/use-toast";
import type { Customers, Store } from "@/lib/api/types";
import { saveFile } from "@/lib/download";
import { countsOf, customersInWords, rowsInWords } from "./customers";
import { useExportCustomers } from "./queries";

/** As the server calls it. */
const FILE = "customer-data.json";

/** Has the browser keep what a store has of customers as a file, and says how much that is. */
export function useCustomerFile() {
  const load = useExportCustomers();
  const toast = useToast();
  const save = (store: Store, customers: Customers, onError?: (error: Error) => void) =>
    load.mutate(
      { store: store.id, customers },
      {
        onSuccess: (text) => {
          saveFile(FILE, text, "application/json");
          const { customers: count, rows } = countsOf(text);
          toast.show({
            title: `What ${store.name} has of ${customersInWords(count)} was exported`,
            description: rows === 0 ? "Nothing is kept of them." : `${rowsInWords(rows)}, in ${FILE}.`,
          });
        },
        ...(onError && { onError }),
      },
    );
  return { load, save };
}
