import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useToast } from "@/components/ui/use-toast";
import type { Import, Store } from "@/lib/api/types";
import { formatCount } from "@/lib/format/number";
import { metricsKeys } from "@/lib/metrics/query";
import { importsQuery, isActive } from "./queries";
import { changedRecords, RECORDS } from "./records";
import { useUploads } from "./uploads-context";

interface ImportWatcherProps {
  store: Store;
  onStoreChanged: () => void;
}

/** Tells when an import ends, whoever started it, and has the numbers loaded again. Shows nothing itself. */
export function ImportWatcher({ store, onStoreChanged }: ImportWatcherProps) {
  const queries = useQueryClient();
  const toast = useToast();
  const { uploads } = useUploads();
  const { data: imports } = useInfiniteQuery(importsQuery(store.id));
  const underWay = useRef(new Set<string>());
  const told = useRef(new Set<string>());

  useEffect(() => {
    // An import may be over before the list has ever shown it under way.
    for (const { storeId, state } of uploads) {
      if (storeId !== store.id || state.phase !== "accepted") continue;
      if (!told.current.has(state.importId)) underWay.current.add(state.importId);
    }
  }, [uploads, store.id]);

  useEffect(() => {
    for (const item of imports ?? []) {
      if (isActive(item)) {
        underWay.current.add(item.id);
      } else if (underWay.current.delete(item.id)) {
        told.current.add(item.id);
        toast.show(news(item));
        void queries.invalidateQueries({ queryKey: metricsKeys.store(item.store_id) });
        onStoreChanged();
      }
    }
  }, [imports, queries, toast, onStoreChanged]);

  return null;
}

function news(item: Import): { title: string; description: string; tone: "good" | "bad" } {
  if (item.status === "failed") {
    return {
      title: `${item.file_name} was not imported`,
      description: "Nothing has changed. The list of imports says why.",
      tone: "bad",
    };
  }
  const changed = changedRecords(item);
  return {
    title: `${item.file_name} is imported`,
    description:
      changed === 0
        ? "Everything in it was known already."
        : `${formatCount(changed)} records are new or updated: ${RECORDS[item.kind]}.`,
    tone: "good",
  };
}
