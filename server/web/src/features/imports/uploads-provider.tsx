import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useReducer, useRef, type ReactNode } from "react";
import { uploadImport } from "@/lib/api/upload";
import { importsKeys } from "./queries";
import { uploadsReducer, type Upload } from "./uploads";
import { UploadsContext } from "./uploads-context";

let nextKey = 0;

/** Sends files in the background of the whole app, so that walking from page to page does not stop an upload. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const [uploads, dispatch] = useReducer(uploadsReducer, []);
  const queries = useQueryClient();
  const line = useRef(Promise.resolve());
  const left = useRef<AbortController | null>(null);

  useEffect(() => {
    const controller = new AbortController();
    left.current = controller;
    return () => controller.abort();
  }, []);

  const send = useCallback(
    async (upload: Upload, file: File) => {
      const change = (state: Upload["state"]) => dispatch({ type: "changed", key: upload.key, state });
      change({ phase: "sending", sent: 0, total: file.size });
      try {
        const accepted = await uploadImport({
          storeId: upload.storeId,
          kind: "shopify_orders",
          file,
          onProgress: (sent, total) => change({ phase: "sending", sent, total }),
          signal: left.current?.signal ?? new AbortController().signal,
        });
        queries.setQueryData(importsKeys.one(accepted.id), accepted);
        change({ phase: "accepted", importId: accepted.id });
        void queries.invalidateQueries({ queryKey: importsKeys.store(upload.storeId) });
      } catch (error) {
        change({ phase: "refused", error: error instanceof Error ? error : new Error("The upload failed") });
      }
    },
    [queries],
  );

  const start = useCallback(
    (storeId: string, files: File[]) => {
      const added = files.map((file): [Upload, File] => {
        nextKey += 1;
        return [{ key: String(nextKey), storeId, fileName: file.name, state: { phase: "waiting" } }, file];
      });
      dispatch({ type: "added", uploads: added.map(([upload]) => upload) });
      for (const [upload, file] of added) {
        line.current = line.current.then(() => send(upload, file));
      }
    },
    [send],
  );
  const clear = useCallback((storeId: string) => dispatch({ type: "cleared", storeId }), []);

  const context = useMemo(() => ({ uploads, start, clear }), [uploads, start, clear]);
  return <UploadsContext value={context}>{children}</UploadsContext>;
}
