import { useEffect, useEffectEvent, useState } from "react";
import type { StoreNews } from "./news";
import { listen } from "./rooms";

/**
 * Hears what is new of a store while it is shown, and tells whether news come at the moment. Where they do not, one has to ask.
 * The store's version is told first, and again whenever the socket was away in between.
 */
export function useStoreNews(storeId: string, onNews: (news: StoreNews) => void): boolean {
  const [open, setOpen] = useState(false);
  const tell = useEffectEvent(onNews);
  useEffect(() => {
    const leave = listen(storeId, { onNews: (news) => tell(news), onOpen: setOpen });
    return () => {
      leave();
      setOpen(false);
    };
  }, [storeId]);
  return open;
}
