import { FileDown } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useState, type ReactNode } from "react";
import { ErrorBoundary } from "@/components/error-boundary";
import type { Store } from "@/lib/api/types";
import { ImportCenterContext } from "./import-context";
import { ImportWatcher } from "./import-watcher";
import { useFileDrop } from "./use-file-drop";

/** Nobody waits for it before it is wanted. */
const ImportDialog = lazy(async () => ({ default: (await import("./import-dialog")).ImportDialog }));

interface ImportCenterProps {
  store: Store;
  onStoreChanged: () => void;
  children: ReactNode;
}

/** Makes the whole page a place to drop files on, and holds the dialog that says what becomes of them. */
export function ImportCenter({ store, onStoreChanged, children }: ImportCenterProps) {
  const [shown, setShown] = useState(false);
  const [wanted, setWanted] = useState(false);
  if (shown && !wanted) setWanted(true);
  const [files, setFiles] = useState<File[]>([]);
  const take = useCallback((dropped: File[]) => {
    setFiles((chosen) => [...chosen, ...dropped]);
    setShown(true);
  }, []);
  const hovering = useFileDrop(take);
  const actions = useMemo(() => ({ open: () => setShown(true) }), []);
  return (
    <ImportCenterContext value={actions}>
      {children}
      <ImportWatcher key={store.id} store={store} onStoreChanged={onStoreChanged} />
      {wanted && (
        <ErrorBoundary title="The import could not be opened" resetKey={shown} className="p-4">
          <Suspense>
            <ImportDialog
              store={store}
              open={shown}
              onOpenChange={setShown}
              files={files}
              onFiles={setFiles}
            />
          </Suspense>
        </ErrorBoundary>
      )}
      {hovering && (
        <div className="pointer-events-none fixed inset-0 z-60 flex items-center justify-center bg-overlay p-4">
          <div className="flex size-full max-h-96 max-w-2xl animate-appear flex-col items-center justify-center gap-3 rounded-lg border-2 border-dashed border-accent bg-popover p-6 text-center">
            <FileDown aria-hidden className="size-8 text-accent" strokeWidth={1.5} />
            <p className="text-lg font-semibold">Drop to import into {store.name}</p>
            <p className="text-muted-foreground">Orders as Shopify’s admin exports them, plain or gzipped.</p>
          </div>
        </div>
      )}
    </ImportCenterContext>
  );
}
