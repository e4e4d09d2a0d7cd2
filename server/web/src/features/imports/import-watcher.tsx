import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useToast, type ToastInput } from "@/components/ui/use-toast";
import type { Import, Store } from "@/lib/api/types";
import { formatCount } from "@/lib/format/number";
import { sentence } from "@/lib/format/text";
import { answersAbout } from "@/lib/metrics/query";
import { importsQuery, isActive, isPostponed } from "./queries";
import { changedRecords, RECORDS } from "./records";
import { useUploads } from "./uploads-context";

interface ImportWatcherProps {
  store: Store;
  onStoreChanged: () => void;
}

/**
 * Tells when an import has to wait and when it ends, whoever started it, and then has the numbers loaded again. Shows
 * nothing itself.
 */
export function ImportWatcher({ store, onStoreChanged }: ImportWatcherProps) {
  const queries = useQueryClient();
  const toast = useToast();
  const { uploads } = useUploads();
  const { data: imports } = useInfiniteQuery(importsQuery(store.id));
  const underWay = useRef(new Set<string>());
  const postponed = useRef(new Set<string>());
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
        if (isPostponed(item) && !postponed.current.has(item.id)) {
          postponed.current.add(item.id);
          // What waited already when the page was opened is no news.
          if (underWay.current.has(item.id)) toast.show(delay(item));
        }
        underWay.current.add(item.id);
      } else if (underWay.current.delete(item.id)) {
        told.current.add(item.id);
        toast.show(news(item));
        void queries.invalidateQueries(answersAbout(item.store_id));
        onStoreChanged();
      }
    }
  }, [imports, queries, toast, onStoreChanged]);

  return null;
}

function delay(item: Import): ToastInput {
  return {
    title: `${item.file_name} has to wait`,
    description: sentence(item.waiting_for ?? ""),
    tone: "bad",
  };
}

function news(item: Import): ToastInput {
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
