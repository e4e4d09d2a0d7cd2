import { useEffect, useEffectEvent, useState } from "react";
import type { StoreNews } from "./news";
import { listen } from "./rooms";

/**
 * Hears what is new of some stores while they are shown, and tells whether news of all of them come at the moment. Where they do not,
 * one has to ask. A store's version is told first, and again whenever its socket was away in between.
 */
export function useStoresNews(storeIds: readonly string[], onNews: (news: StoreNews) => void): boolean {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const tell = useEffectEvent(onNews);
  // Another list of the same stores is no reason to come anew.
  const named = storeIds.join();
  useEffect(() => {
    const leaves = named
      .split(",")
      .filter(Boolean)
      .map((id) =>
        listen(id, {
          onNews: (news) => tell(news),
          onOpen: (isOpen) => setOpen((before) => changed(before, id, isOpen)),
        }),
      );
    return () => {
      for (const leave of leaves) leave();
      setOpen(new Set());
    };
  }, [named]);
  return storeIds.length > 0 && storeIds.every((id) => open.has(id));
}

/** The same of one store. */
export function useStoreNews(storeId: string, onNews: (news: StoreNews) => void): boolean {
  return useStoresNews([storeId], onNews);
}

function changed(before: ReadonlySet<string>, id: string, isOpen: boolean): ReadonlySet<string> {
  const after = new Set(before);
  if (isOpen) after.add(id);
  else after.delete(id);
  return after;
}
