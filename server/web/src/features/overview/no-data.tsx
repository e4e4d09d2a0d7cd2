import { FlaskConical, Plug, RefreshCw, Upload } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Refusal } from "@/components/ui/refusal";
import { EmptyState } from "@/components/ui/states";
import { useAddSampleData } from "@/lib/api/sample-data";
import type { Store } from "@/lib/api/types";

interface NoDataProps {
  store: Store;
  /** Whether a source is being read into it. */
  reading: boolean;
  onImport: () => void;
  onConnections: () => void;
}

/** For a store that has no data at all: how it gets some, or that it is getting some. */
export function NoData({ store, reading, onImport, onConnections }: NoDataProps) {
  const sample = useAddSampleData();
  return (
    <Card>
      {store.sample_data_at ? (
        <EmptyState
          icon={<FlaskConical aria-hidden strokeWidth={1.5} />}
          title={`Sample data of ${store.name} are on their way`}
          className="py-20"
        >
          The figures are here in a moment.
        </EmptyState>
      ) : reading ? (
        <EmptyState
          icon={<RefreshCw aria-hidden strokeWidth={1.5} />}
          title={`The data of ${store.name} are on their way`}
          className="py-20"
          action={
            <Button variant="primary" onClick={onConnections}>
              See how far it is
            </Button>
          }
        >
          What is connected is being read. The figures are here as soon as the first of it has come in.
        </EmptyState>
      ) : (
        <EmptyState
          icon={<Plug aria-hidden strokeWidth={1.5} />}
          title={`${store.name} has no data yet`}
          className="py-20"
          action={
            <div className="flex flex-wrap justify-center gap-2">
              <Button variant="primary" onClick={onConnections}>
                <Plug aria-hidden /> Connect a source
              </Button>
              <Button onClick={onImport}>
                <Upload aria-hidden /> Import orders
              </Button>
              <Button disabled={sample.isPending} onClick={() => sample.mutate(store.id)}>
                <FlaskConical aria-hidden /> {sample.isPending ? "Making it up…" : "Use sample data"}
              </Button>
              {sample.isError && <Refusal error={sample.error} className="basis-full" />}
            </div>
          }
        >
          Revenue, orders and products will be here. Connect the shop, or export its orders from Shopify’s
          admin and drop the file anywhere on this page.
        </EmptyState>
      )}
    </Card>
  );
}
