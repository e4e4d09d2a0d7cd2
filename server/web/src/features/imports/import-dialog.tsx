import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import type { Store } from "@/lib/api/types";
import { ChosenFiles } from "./chosen-files";
import { FileChooser } from "./file-chooser";
import { looksLikeOrders } from "./files";
import { importsQuery, isActive } from "./queries";
import { UploadItem } from "./upload-item";
import { useUploads } from "./uploads-context";

interface ImportDialogProps {
  store: Store;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Chosen, not sent yet. */
  files: File[];
  onFiles: (files: File[]) => void;
}

export function ImportDialog({ store, open, onOpenChange, files, onFiles }: ImportDialogProps) {
  const { uploads, start, clear } = useUploads();
  const own = uploads.filter((upload) => upload.storeId === store.id);
  const { data: imports } = useInfiniteQuery(importsQuery(store.id));
  const underWay =
    own.some(({ state }) => state.phase === "waiting" || state.phase === "sending") ||
    (imports?.some(isActive) ?? false);
  const sendable = files.filter(looksLikeOrders);
  const change = (next: boolean) => {
    if (!next) {
      onFiles([]);
      clear(store.id);
    }
    onOpenChange(next);
  };
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogContent>
        <div className="border-b px-5 pt-5 pr-14 pb-4">
          <DialogTitle>Import orders</DialogTitle>
          <DialogDescription>
            Into {store.name}, from the CSV file that Shopify’s admin exports. Orders that are already here
            are updated, and none is counted twice.
          </DialogDescription>
        </div>
        <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-5">
          {own.length > 0 && (
            <ul className="flex flex-col gap-4" aria-label="Imports">
              {own.map((upload) => (
                <UploadItem key={upload.key} upload={upload} timezone={store.timezone} />
              ))}
            </ul>
          )}
          {files.length > 0 && (
            <ChosenFiles
              files={files}
              onRemove={(file) => onFiles(files.filter((other) => other !== file))}
            />
          )}
          <FileChooser
            compact={files.length > 0 || own.length > 0}
            onFiles={(more) => onFiles([...files, ...more])}
          />
        </div>
        <div className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-4">
          {underWay && (
            <p className="mr-auto text-sm text-muted-foreground">You can close this; the import goes on.</p>
          )}
          <Button onClick={() => change(false)}>{own.length > 0 ? "Close" : "Cancel"}</Button>
          {(own.length === 0 || files.length > 0) && (
            <Button
              variant="primary"
              disabled={sendable.length === 0}
              onClick={() => {
                start(store.id, sendable);
                onFiles([]);
              }}
            >
              {sendable.length > 1 ? `Import ${sendable.length} files` : "Import"}
            </Button>
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}
