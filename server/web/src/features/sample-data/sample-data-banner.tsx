import { useState } from "react";
import { SampleDataNotice } from "@/components/sample-data-notice";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useToast } from "@/components/ui/use-toast";
import { useRemoveSampleData } from "@/lib/api/sample-data";
import type { Store } from "@/lib/api/types";

interface SampleDataBannerProps {
  store: Store;
  /** Whether one changes anything in the organisation at all; the server knows the rest. */
  mayRemove: boolean;
  /** Where to go on, once the banner is gone. */
  returnTo: () => HTMLElement | null;
}

/** Stands over the pages of a store whose data are made up, and takes them away. */
export function SampleDataBanner({ store, mayRemove, returnTo }: SampleDataBannerProps) {
  const [asked, setAsked] = useState(false);
  const removal = useRemoveSampleData();
  const toast = useToast();
  const close = () => {
    setAsked(false);
    removal.reset();
  };
  if (!store.sample_data_at) return null;
  return (
    <>
      <SampleDataNotice stores={[store]}>
        {mayRemove && (
          <Button size="sm" onClick={() => setAsked(true)}>
            Remove sample data
          </Button>
        )}
      </SampleDataNotice>
      {asked && (
        <ConfirmDialog
          title="Remove the sample data?"
          action={removal.isPending ? "Removing…" : "Remove"}
          busy={removal.isPending}
          error={removal.error}
          onClose={close}
          returnTo={returnTo}
          onConfirm={() =>
            removal.mutate(store.id, {
              onSuccess: () => {
                close();
                toast.show({
                  title: "The sample data are removed",
                  description: `${store.name} is empty. Connect a source, or import its orders.`,
                  tone: "good",
                });
              },
            })
          }
        >
          {store.name} is empty afterwards, and ready for its own data. Dashboards stay as they are.
        </ConfirmDialog>
      )}
    </>
  );
}
