import { useQueryClient } from "@tanstack/react-query";
import { useContext, useEffect, useEffectEvent, useState } from "react";
import type { Sync } from "@/lib/api/types";
import { useStoresNews } from "@/lib/live/use-store-news";
import { useAge } from "./age";
import { DataSourceContext, type Freshness } from "./data-source";
import { answeredVersions, keepFresh } from "./outdated";
import { answersAbout, metricsKeys } from "./query";
import { Rounds, type Versions } from "./rounds";

/** So many stores are listened to, each through a socket of its own; of more it is asked now and then. */
const SOCKETS = 6;
/** So long nobody may tell anything before it is asked, and so often it is asked then. */
const PATIENCE_MS = 5000;
const POLL_MS = 15_000;
const POLL_MANY_MS = 30_000;

const NONE: readonly string[] = [];

/**
 * Has the figures of a dashboard asked for again when its stores have other versions than they were computed from, or a source was
 * read: as soon as that is told, and now and then where nobody tells. What is shown stays until the new figures are there.
 */
export function useFreshDashboard(storeIds: readonly string[]): Freshness {
  return useFresh(storeIds);
}

/** The same for any page. `onVersions` hears the versions of stores, as they are told or answered. */
export function useFresh(storeIds: readonly string[], onVersions?: (versions: Versions) => void): Freshness {
  const queries = useQueryClient();
  const source = useContext(DataSourceContext);
  const prefix = source?.key ?? metricsKeys.all;
  const [rounds] = useState(() => new Rounds());
  const tell = useEffectEvent((versions: Versions) => onVersions?.(versions));
  // Whoever is not signed in is let into no socket.
  const listens = source === null && storeIds.length <= SOCKETS;

  useEffect(() => keepFresh(queries, rounds, (versions) => tell(versions)), [queries, rounds]);
  const live = useStoresNews(listens ? storeIds : NONE, (news) => {
    if (news.type === "dashboard:update") rounds.tell(news.store_id, news.version);
    else if (changesRecency(news.sync)) {
      // Where nobody looks, they are asked for when somebody does.
      const refetchType = document.visibilityState === "hidden" ? "none" : "active";
      void queries.invalidateQueries({ ...answersAbout(news.store_id), refetchType });
    }
  });
  const age = useAge(prefix);
  // A socket may be there again before the answers are: what failed is asked for until it is answered.
  usePolling(!live || age !== null, listens ? POLL_MS : POLL_MANY_MS, async () => {
    await queries.invalidateQueries({ queryKey: prefix });
    onVersions?.(answeredVersions(queries));
  });
  return { live, age };
}

/** Whether the end of a sync has changed until when its source is known, be there anything new or not. */
function changesRecency({ kind, status }: Sync): boolean {
  return status === "failed" || (status === "done" && (kind === "full" || kind === "incremental"));
}

/** Asks now and then, while it is on and somebody looks. */
function usePolling(on: boolean, every: number, poll: () => Promise<unknown>): void {
  const ask = useEffectEvent(poll);
  useEffect(() => {
    if (!on) return;
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const wait = (ms: number) => {
      timer = setTimeout(() => void look(), ms);
    };
    const look = async () => {
      if (document.visibilityState === "visible") await ask();
      if (!over) wait(every);
    };
    wait(PATIENCE_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [on, every]);
}
