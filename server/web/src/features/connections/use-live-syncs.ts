import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Sync } from "@/lib/api/types";
import { useStoreNews } from "@/lib/live/use-store-news";
import { connectionsQuery, withSync } from "./queries";
import { isUnderWay } from "./syncs";

/** Shows how far the connections of a store are read as the server tells it. Whether it does at the moment. */
export function useLiveSyncs(storeId: string): boolean {
  const queries = useQueryClient();
  const wasOpen = useRef(false);

  const show = (sync: Sync) => {
    const { queryKey } = connectionsQuery(storeId);
    const known = queries.getQueryData(queryKey);
    const connection = known?.find(({ id }) => id === sync.integration_id);
    if (!known || !connection) return;
    queries.setQueryData(queryKey, withSync(known, sync));
    // With its end other things of the connection change: until when everything is there, what is wrong with it.
    const isNew = (connection.latest_sync?.id ?? "") < sync.id;
    if (isNew || !isUnderWay(sync)) void queries.invalidateQueries({ queryKey });
  };

  const open = useStoreNews(storeId, (news) => {
    if (news.type === "sync:progress") show(news.sync);
  });

  useEffect(() => {
    if (!open) return;
    // What happened while nobody told of it.
    if (wasOpen.current) void queries.invalidateQueries(connectionsQuery(storeId));
    wasOpen.current = true;
  }, [open, queries, storeId]);

  return open;
}
