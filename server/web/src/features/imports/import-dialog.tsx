import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import type { Store } from "@/lib/api/types";
import { ChosenFiles } from "./chosen-files";
import { FileChooser } from "./file-chooser";
import { looksLikeOrders } from "./files";
import { ImportStatus } from "./import-status";
import { importsQuery, isActive } from "./queries";
import { UploadItem } from "./upload-item";
import { isOnItsWay } from "./uploads";
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
  const { data: imports = [] } = useInfiniteQuery(importsQuery(store.id));

  // What others have started, or this page before it was closed or loaded again, is followed to its end, too.
  const [followed, setFollowed] = useState<string[]>([]);
  const fresh = imports.filter((item) => open && isActive(item) && !followed.includes(item.id));
  if (fresh.length > 0) setFollowed([...followed, ...fresh.map(({ id }) => id)]);
  const ownIds = own.flatMap(({ state }) => (state.phase === "accepted" ? [state.importId] : []));
  const others = imports.filter(({ id }) => followed.includes(id) && !ownIds.includes(id));

  const sending = own.some(isOnItsWay);
  const shown = own.length + others.length;
  const sendable = files.filter(looksLikeOrders);
  const change = (next: boolean) => {
    if (!next) {
      onFiles([]);
      setFollowed([]);
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
          {shown > 0 && (
            <ul className="flex flex-col gap-4" aria-label="Imports">
              {others.map((item) => (
                <li key={item.id} className="flex flex-col gap-2">
                  <p className="truncate font-medium">{item.file_name}</p>
                  <ImportStatus item={item} timezone={store.timezone} />
                </li>
              ))}
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
            compact={files.length > 0 || shown > 0}
            onFiles={(more) => onFiles([...files, ...more])}
          />
        </div>
        <div className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-4">
          {(sending || imports.some(isActive)) && (
            <p className="mr-auto text-sm text-muted-foreground">
              {sending
                ? "Keep this tab open until everything is sent."
                : "You can close this; the import goes on."}
            </p>
          )}
          <Button onClick={() => change(false)}>{shown > 0 ? "Close" : "Cancel"}</Button>
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
