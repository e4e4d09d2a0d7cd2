import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { connectionsQuery } from "./queries";
import { isUnderWay } from "./syncs";

/**
 * Whether a source is being read into a store; looked at only while that matters. Tells of all that comes in: it is there page by page, so what
 * is first need not wait for what is last.
 */
export function useReading(storeId: string, matters: boolean, onMore: () => void): boolean {
  const { data: connections = [] } = useQuery({ ...connectionsQuery(storeId), enabled: matters });
  const records = connections.reduce((sum, { latest_sync: sync }) => sum + (sync?.records ?? 0), 0);
  useEffect(() => {
    if (matters && records > 0) onMore();
  }, [matters, records, onMore]);
  return connections.some(({ latest_sync: sync }) => sync && isUnderWay(sync));
}
