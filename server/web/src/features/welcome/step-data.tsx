import { FlaskConical, Plug, Upload } from "lucide-react";
import { useId, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Refusal } from "@/components/ui/refusal";
import { useAddSampleData } from "@/lib/api/sample-data";
import type { Import, Store } from "@/lib/api/types";
import { sentence } from "@/lib/format/text";

interface StepDataProps {
  store: Store;
  /** The store's imports, the newest first. */
  imports: readonly Import[];
  onConnections: () => void;
  onImport: () => void;
  /** To the list of imports. */
  onImports: () => void;
}

/** The three ways to data: from where they are, from a file, or made up. */
export function StepData({ store, imports, onConnections, onImport, onImports }: StepDataProps) {
  const sample = useAddSampleData();
  const [latest] = imports;
  return (
    <div className="flex flex-col gap-4">
      {latest?.status === "failed" && (
        <div
          role="alert"
          className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-bad-soft px-3 py-2"
        >
          <p className="min-w-0 flex-1 basis-60 text-sm break-words text-bad">
            {latest.file_name} was not imported.{" "}
            {latest.error ? sentence(latest.error) : "Nothing has changed."}
          </p>
          <Button size="sm" onClick={onImports}>
            See what is wrong
          </Button>
        </div>
      )}
      <div className="grid gap-3 sm:gap-4 lg:grid-cols-3">
        <Way
          icon={<Plug aria-hidden strokeWidth={1.5} />}
          title="Connect a source"
          action={
            <Button variant="primary" onClick={onConnections}>
              Choose a source
            </Button>
          }
        >
          Shopify, Google Analytics and others are read by themselves from then on, every few minutes.
        </Way>
        <Way
          icon={<Upload aria-hidden strokeWidth={1.5} />}
          title="Import a file"
          action={<Button onClick={onImport}>Choose files</Button>}
        >
          Export the orders from Shopify’s admin and drop the file anywhere on this page.
        </Way>
        <Way
          icon={<FlaskConical aria-hidden strokeWidth={1.5} />}
          title="Look around first"
          action={
            <Button disabled={sample.isPending} onClick={() => sample.mutate(store.id)}>
              {sample.isPending ? "Making it up…" : "Use sample data"}
            </Button>
          }
        >
          A year of orders and visits that are made up, in {store.currency}. One press removes them again.
        </Way>
      </div>
      {sample.isError && <Refusal error={sample.error} />}
    </div>
  );
}

interface WayProps {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action: ReactNode;
}

function Way({ icon, title, children, action }: WayProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2 rounded-lg border p-4">
      <div className="flex items-center gap-2.5 [&_svg]:size-5 [&_svg]:text-muted-foreground">
        {icon}
        <h3 id={id} className="font-medium">
          {title}
        </h3>
      </div>
      <p className="text-sm text-muted-foreground">{children}</p>
      <div className="mt-auto pt-2">{action}</div>
    </section>
  );
}
