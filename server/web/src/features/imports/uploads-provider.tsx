import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useReducer, useRef, type ReactNode } from "react";
import { isUnanswered, uploadImport } from "@/lib/api/upload";
import { importsKeys } from "./queries";
import { isOnItsWay, uploadsReducer, type Upload } from "./uploads";
import { UploadsContext } from "./uploads-context";
import { useLeaveWarning } from "./use-leave-warning";

let nextKey = 0;

/** Sends files in the background of the whole app, so that walking from page to page does not stop an upload. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const [uploads, dispatch] = useReducer(uploadsReducer, []);
  const queries = useQueryClient();
  const line = useRef(Promise.resolve());
  const left = useRef<AbortController | null>(null);
  // A mutation, so that the end of the session is noticed here as with every other request.
  const { mutateAsync: upload } = useMutation({ mutationFn: uploadImport });
  useLeaveWarning(uploads.some(isOnItsWay));

  useEffect(() => {
    const controller = new AbortController();
    left.current = controller;
    return () => controller.abort();
  }, []);

  const send = useCallback(
    async ({ key, storeId, file }: Upload) => {
      const change = (state: Upload["state"]) => dispatch({ type: "changed", key, state });
      change({ phase: "sending", sent: 0, total: file.size });
      try {
        const accepted = await upload({
          storeId,
          kind: "shopify_orders",
          file,
          onProgress: (sent, total) => change({ phase: "sending", sent, total }),
          signal: left.current?.signal ?? new AbortController().signal,
        });
        queries.setQueryData(importsKeys.one(accepted.id), accepted);
        change({ phase: "accepted", importId: accepted.id });
        void queries.invalidateQueries({ queryKey: importsKeys.store(storeId) });
      } catch (error) {
        const cause = error instanceof Error ? error : new Error("The upload failed");
        change({ phase: isUnanswered(cause) ? "unanswered" : "refused", error: cause });
        if (isUnanswered(cause)) void queries.invalidateQueries({ queryKey: importsKeys.store(storeId) });
      }
    },
    [queries, upload],
  );

  const enqueue = useCallback(
    (waiting: Upload) => {
      line.current = line.current.then(() => send(waiting));
    },
    [send],
  );
  const start = useCallback(
    (storeId: string, files: File[]) => {
      const added = files.map((file): Upload => {
        nextKey += 1;
        return { key: String(nextKey), storeId, file, state: { phase: "waiting" } };
      });
      dispatch({ type: "added", uploads: added });
      added.forEach(enqueue);
    },
    [enqueue],
  );
  const retry = useCallback(
    (failed: Upload) => {
      dispatch({ type: "changed", key: failed.key, state: { phase: "waiting" } });
      enqueue(failed);
    },
    [enqueue],
  );
  const clear = useCallback((storeId: string) => dispatch({ type: "cleared", storeId }), []);

  const context = useMemo(() => ({ uploads, start, retry, clear }), [uploads, start, retry, clear]);
  return <UploadsContext value={context}>{children}</UploadsContext>;
}
