import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useToast, type ToastInput } from "@/components/ui/use-toast";
import type { Sync } from "@/lib/api/types";
import { syncsKey } from "./queries";
import type { Source } from "./states";
import { changesOf, isUnderWay, recordsOf } from "./syncs";

/** How a connection was when it was last looked at. */
interface Sight {
  sync: string;
  syncedAt: string | null;
}

/** Tells when a sync ends that somebody waits for, whoever started it, and when more of a store is there than before. */
export function useSyncNews(sources: Source[], onSynced: (storeId: string) => void): void {
  const queries = useQueryClient();
  const toast = useToast();
  /** What was under way of each connection. */
  const underWay = useRef(new Map<string, Sync>());
  const sights = useRef(new Map<string, Sight>());

  useEffect(() => {
    for (const { connection, title } of sources) {
      const { id, store_id, latest_sync: sync, synced_at } = connection;
      let ended = false;
      const followed = underWay.current.get(id);
      if (followed && followed.id !== sync?.id) {
        // It ended behind something newer: that it went well shows in how far everything is there.
        underWay.current.delete(id);
        ended = true;
        if (isAwaited(followed) && (synced_at ?? null) !== (sights.current.get(id)?.syncedAt ?? null)) {
          toast.show({ title: `${title} is read`, tone: "good" });
        }
      }
      if (sync && isUnderWay(sync)) {
        underWay.current.set(id, sync);
      } else if (sync && underWay.current.delete(id)) {
        ended = true;
        if (isAwaited(sync)) toast.show(news(sync, title));
      }
      const before = sights.current.get(id);
      const sight = { sync: `${sync?.id ?? ""} ${sync?.status ?? ""}`, syncedAt: synced_at ?? null };
      sights.current.set(id, sight);
      if (!before) continue;
      // Not all that was read need have been seen under way.
      if (ended || sight.syncedAt !== before.syncedAt) onSynced(store_id);
      if (sight.sync !== before.sync || sight.syncedAt !== before.syncedAt) {
        void queries.invalidateQueries({ queryKey: syncsKey(id) });
      }
    }
  }, [sources, queries, toast, onSynced]);
}

/** What goes on by the clock is no news. */
function isAwaited({ cause }: Sync): boolean {
  return cause === "person" || cause === "connected";
}

function news(sync: Sync, title: string): ToastInput {
  switch (sync.status) {
    case "failed":
      return {
        title: `${title} could not be read`,
        description: sync.problem?.detail ?? "What was read until then is there.",
        tone: "bad",
      };
    case "cancelled":
      return { title: `Reading ${title} was called off`, description: "What was read until then is there." };
    default:
      return {
        title: `${title} is read`,
        description: `${recordsOf(sync.records)}: ${changesOf(sync)}.`,
        tone: "good",
      };
  }
}
