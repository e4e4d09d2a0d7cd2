import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { QueryResponse, Store, Sync } from "@/lib/api/types";
import { useStoreNews } from "@/lib/live/use-store-news";
import { metricsKeys } from "@/lib/metrics/query";

/** Figures are asked for at most this often, however fast data come in. */
const PACE_MS = 500;

/** Whether the end of a sync has changed until when its source is known, be there anything new or not. */
function changesRecency({ kind, status }: Sync): boolean {
  return status === "failed" || (status === "done" && (kind === "full" || kind === "incremental"));
}

/**
 * Has the figures of a store asked for again when it has another version than they were computed from, or a source of it was read. What is
 * shown stays until the new ones are there, and nothing is asked for while nobody looks at the page.
 */
export function useFreshFigures(store: Store, onChanged: () => void): void {
  const queries = useQueryClient();
  const newest = useRef<number | null>(null);
  const busy = useRef(false);

  const refresh = async (version: number, opening: boolean) => {
    if (!opening || version !== store.version) onChanged();
    await queries.invalidateQueries({
      queryKey: metricsKeys.store(store.id),
      predicate: ({ state }) => {
        const answer = state.data as QueryResponse | undefined;
        // What a page that was just opened has asked for is on its way, and as new as can be.
        return answer ? answer.meta.versions[store.id] !== version : !opening;
      },
    });
  };

  const reread = async () => {
    await visible();
    await queries.invalidateQueries({ queryKey: metricsKeys.store(store.id) });
  };

  useStoreNews(store.id, (news) => {
    if (news.type === "sync:progress" && changesRecency(news.sync)) void reread();
    if (news.type !== "dashboard:update") return;
    let opening = newest.current === null;
    newest.current = news.version;
    if (busy.current) return;
    busy.current = true;
    void (async () => {
      let done: number | null = null;
      // One round after the other: a round would call off the one before, and under a long import none would ever end.
      while (newest.current !== null && newest.current !== done) {
        await visible();
        done = newest.current;
        await Promise.all([refresh(done, opening), pause(PACE_MS)]);
        opening = false;
      }
      busy.current = false;
    })();
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Waits until somebody looks at the page. */
function visible(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.visibilityState === "hidden") return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}
